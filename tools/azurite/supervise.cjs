// Runs Azurite in this process and stops it, its data saved, when standard input closes.
//
// Whoever starts this holds the other end of the pipe. The system closes that end however they die, SIGKILL included, on every
// operating system: so Azurite never outlives them, and never loses what it has not written yet (it saves every 5 s).
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const PidWaitMs = 60_000;
const StopWithinMs = 60_000;

const location = process.argv[process.argv.indexOf('--location') + 1];
const pidFile = process.argv.includes('--location') ? path.join(location, 'azurite.pid') : undefined;

// Ctrl-C reaches every process of the terminal, closing it does too, and a service manager or a container's end tells every process
// of the service. Ours must outlast its owner, who still has work to settle: what Azurite would do then, it does when told below.
const Signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const enders = [];
const once = process.once.bind(process);
process.once = (event, listener) => {
  if (!Signals.includes(event)) {
    return once(event, listener);
  }

  if (event === 'SIGTERM') {
    enders.push(listener);
  }

  return process;
};
Signals.forEach((signal) => process.on(signal, () => {}));

// Azurite looks a blob or a message up by account, container and name, and its database uses the index of the condition that
// comes first: the account's, which holds everything, so that each look-up walks all blobs. The same conditions with the
// selective one in front find the same and take no time.
const { Collection } = require('lokijs');
const { findOne } = Collection.prototype;
Collection.prototype.findOne = function (query) {
  const selective = ['name', 'messageId'].find((key) => typeof query?.[key] === 'string' && this.binaryIndices[key]);
  return findOne.call(this, selective ? { [selective]: query[selective], ...query } : query);
};

// A listing is XML, which has no place for some characters that the names of blobs may have. Azure writes such a name encoded and
// says so, and its clients decode it; this Azurite answers 500 to every listing that the blob is part of.
const xml = require('azurite/dist/src/blob/generated/utils/xml.js');
const { stringifyXML } = xml;
const NotInXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
xml.stringifyXML = (body, options) => {
  for (const blob of [body?.Blobs?.Blob ?? []].flat()) {
    if (NotInXml.test(blob.Name)) {
      blob.Name = { $: { Encoded: 'true' }, _: encodeURIComponent(blob.Name) };
    }
  }

  for (const place of ['Prefix', 'Marker', 'NextMarker'].filter((key) => NotInXml.test(body?.[key] ?? ''))) {
    // Goes on a little before where it ended: what comes twice does no harm.
    body[place] = body[place].split(NotInXml, 1)[0];
  }

  return stringifyXML(body, options);
};

// Azurite lets each connection end when its client closes it, which an idle client of the owner's does up to a quarter of a minute later.
// By then nobody asks for anything: whoever ends this has had his answers, or is dead.
const { Server } = require('node:http');
const { close } = Server.prototype;
Server.prototype.close = function (done) {
  const closing = close.call(this, done);
  this.closeAllConnections();
  return closing;
};

// The owner may be gone when the last lines are printed.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

let stopping = false;
function stop() {
  if (stopping) {
    return;
  }

  stopping = true;
  if (enders.length === 0) {
    process.exit(0);
  }

  setTimeout(() => process.exit(1), StopWithinMs).unref();
  enders.forEach((end) => end());
}

process.stdin.on('end', stop).on('close', stop).on('error', stop).resume();

// Two Azurites on one folder overwrite each other's data: one whose owner was killed may still be saving.
function otherIsAlive() {
  try {
    const pid = Number(fs.readFileSync(pidFile, 'utf8'));
    process.kill(pid, 0);
    const commandLine = `/proc/${pid}/cmdline`;

    // Where it can be seen, a number that another program has got meanwhile is no reason to wait.
    return !fs.existsSync(commandLine) || fs.readFileSync(commandLine, 'utf8').includes('supervise.cjs') ? pid : 0;
  } catch {
    return 0;
  }
}

function start() {
  if (pidFile) {
    fs.writeFileSync(pidFile, String(process.pid));
    process.on('exit', () => fs.rmSync(pidFile, { force: true }));
  }

  require('azurite/dist/src/azurite.js');
}

const began = Date.now();
(function startWhenFree() {
  const other = pidFile ? otherIsAlive() : 0;
  if (!other) {
    start();
  } else if (Date.now() - began < PidWaitMs) {
    setTimeout(startWhenFree, 100);
  } else {
    console.error(`Process ${other} is an Azurite that uses ${location} already. Stop it, or choose another data folder.`);
    process.exit(2);
  }
})();
