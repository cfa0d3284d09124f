// The pipeline as it stands, what it saves, and where images are dropped.
import { answer, button, confidence, count, dollars, duration, fileName, foreign, h, macs, percent, picture, put, readOnly, state, verdict, visible } from './dom.js';
import { app, go, link, live } from './app.js';
import { add, drops } from './upload.js';

const rates = [];

export function overview(view) {
  const figures = h('div');
  const dropped = h('div');
  view.append(h('h1', {}, 'Overview'), figures, ...(readOnly ? [] : [dropZone(dropped)]));
  const draw = () => put(figures, ...(app.latest ? page(app.latest) : [state('Reading the account …', null)]));
  draw();
  const stop = live(latest => {
    rates.push(latest.imagesPerSecond);
    if (rates.length > 60) rates.shift();
    draw();
  });
  const redraw = () => put(dropped, ...droppedList());
  redraw();
  drops.changed.add(redraw);
  return () => {
    stop();
    drops.changed.delete(redraw);
  };
}

function page(o) {
  if (o.reading) return [state('Reading the account …', `${count(o.reading)} rows so far. The figures come when all are read; images can be browsed meanwhile.`)];
  const s = o.status;
  if (s.images === 0 && s.labelledByTiny + s.labelledByLarge + s.failed === 0)
    return [state('No images yet', readOnly ? 'Nothing has been uploaded to this account.' : 'Drop some below, or use `tinysaver upload`. They are labelled where `tinysaver run --watch` or the function apps are at work.'), policy()];
  return [flow(s, o), tiles(s, o), h('div.columns', {}, policy(o), jobs(o), recent(s))];
}

function flow(s, o) {
  const total = Math.max(1, s.labelledByTiny + s.labelledByLarge + s.failed + s.waitingForTiny + s.waitingForLarge);
  const bar = [['tiny', s.labelledByTiny, 'labelled by tiny'], ['large', s.labelledByLarge, 'labelled by large'], ['escalated', s.waitingForLarge, 'waiting for large'], ['failed', s.failed, 'failed'], ['new', s.waitingForTiny, 'waiting for tiny']];
  const old = s.oldestWaiting;
  const waits = (n, model) => n > 0 ? h('span.waits', { title: old?.for === model ? visible(old.name) : null }, `${count(n)} waiting${old?.for === model ? `, the oldest for ${duration(old.seconds)}` : ''}`) : h('span.note', {}, 'none waiting');
  return h('section.flow', { 'aria-label': 'The pipeline' },
    h('div.steps', {},
      h('div.step', {}, h('span.what', {}, 'Images'), h('b', {}, count(s.images)), h('span.note', {}, 'in the container')),
      h('div.arrow', { 'aria-hidden': 'true' }),
      h('div.step.tiny', {}, h('span.what', {}, 'Tiny model'), link('/images?by=tiny', 'a.big', {}, count(s.labelledByTiny)), waits(s.waitingForTiny, 'tiny'), s.degraded > 0 ? h('span.note', {}, `${count(s.degraded)} accepted below the threshold`) : null),
      h('div.arrow.escalates', {}, h('span', {}, o.exitRate === undefined ? '' : `${percent(1 - o.exitRate)} escalate`)),
      h('div.step.large', {}, h('span.what', {}, 'Large model'), link('/images?by=large', 'a.big', {}, count(s.labelledByLarge)), waits(s.waitingForLarge, 'large')),
      h('div.step.failed', {}, h('span.what', {}, 'Failed'), link('/failures', 'a.big', {}, count(s.failed)), h('span.note', {}, Object.entries(s.failedByReason).map(([r, n]) => `${count(n)} ${r}`).join(', ') || 'none'))),
    h('div.share', { role: 'img', 'aria-label': bar.map(([, n, what]) => `${n} ${what}`).join(', ') },
      bar.filter(([, n]) => n > 0).map(([kind, n, what]) => h(`span.${kind}`, { title: `${count(n)} ${what}`, vars: { '--n': n / total } })))); 
}

function tiles(s, o) {
  const peak = Math.max(...rates, 1);
  const spark = h('svg.spark', { viewBox: '0 0 60 16', preserveAspectRatio: 'none', 'aria-hidden': 'true' }, h('polyline', { points: rates.map((r, i) => `${60 - rates.length + i},${(15 - 14 * r / peak).toFixed(1)}`).join(' ') }));
  return h('dl.tiles.four', {},
    tile('Exit rate', percent(o.exitRate), 'of the images are labelled without the large model'),
    tile('Compute saved', percent(o.computeSaved), o.macs ? `${macs(o.macs)} MACs an image, ${macs(o.largeMacs)} with the large model alone` : 'the policy does not say what its models cost'),
    tile('Money saved', dollars(o.usdSaved), o.usdSaved === undefined ? 'known once both models have labelled, or by the settings' : o.usdEstimated ? 'an estimate: stage times here, list prices of Azure' : 'by the prices of the settings'),
    tile('Images a second', o.imagesPerSecond.toFixed(1), null, spark),
    s.guarantee ? tile('Agreement', percent(s.guarantee.audits ? 1 - s.guarantee.differences / s.guarantee.audits : null), `of ${count(s.guarantee.audits)} audited images have the large model’s answer`)
      : tile('Agreement', percent(s.shadowAgreement), s.shadowAnswers > 0 ? `of ${count(s.shadowAnswers)} exits that the large model answered too` : 'no exits that the large model answered too'),
    tile('Reviewed', count(o.reviews), 'images that somebody has judged'),
    s.deadLetters > 0 ? tile('Dead letters', count(s.deadLetters), 'given up; their failed rows are not written yet') : null);
}

const tile = (name, figure, remark, ...more) => h('div', {}, h('dt', {}, name), h('dd.figure', {}, figure), ...more, remark ? h('dd.remark', {}, remark) : null);

function policy(o) {
  const p = app.about?.policy;
  if (!p) return h('section.card', {}, h('h2', {}, 'Policy'), h('p.note', {}, visible(app.about?.problem ?? 'No policy is known; name one with --policy.')));
  const bound = p.risk === 'accuracy-drop'
    ? p.bound > 0 ? `The accuracy drop is at most ${(p.bound * 100).toFixed(1)} points` : `It is no less accurate than the large model${p.bound < 0 ? `, and by ${(-p.bound * 100).toFixed(1)} points more` : ''}`
    : `It differs from the large model on at most ${percent(p.bound)} of the images`;
  return h('section.card', {}, h('h2', {}, 'Policy'),
    h('ol.chain', {}, p.savers.map(s => h('li', {}, h('b', {}, foreign(s.name)), h('span.note', {}, `exits from ${s.threshold.toFixed(3)} (${s.measure})`))), h('li.last', {}, h('b', {}, foreign(p.large)), h('span.note', {}, 'labels the rest'))),
    p.risk ? h('p.promise', {}, `${bound}, with ${percent(p.confidence, 0)} confidence.`) : h('p.note', {}, 'It promises nothing.'),
    o?.status.guarantee ? h(`p.promise${o.status.guarantee.state === 'holds' ? '' : '.unsure'}`, {}, h('b', {}, `Watched: ${o.status.guarantee.state.replaceAll('-', ' ')}. `), visible(o.status.guarantee.message)) : null,
    p.testDrop !== undefined ? h('p.note', {}, `On ${count(p.testSamples)} test images the drop was ${(p.testDrop * 100).toFixed(2)} points.`) : null,
    o?.otherPolicy > 0 ? h('p.note', {}, `${count(o.otherPolicy)} rows are of another policy.`) : null,
    h('p.note', {}, h('code', {}, p.id), ' ', link('/what-if', 'a', {}, 'Try another threshold')));
}

function jobs(o) {
  if (o.jobs.length === 0) return null;
  return h('section.card', {}, h('h2', {}, 'Batch jobs'), h('ul.jobs', {}, o.jobs.map(j => h('li', {},
    h('div.row', {}, link(`/images?job=${encodeURIComponent(j.id)}`, 'a', {}, foreign(j.id)), h(`span.badge.${j.state === 'finished' ? 'good' : j.state === 'failed' ? 'bad' : 'plain'}`, {}, j.state)),
    h('progress', { max: Math.max(1, j.images), value: j.done, 'aria-label': `${j.done} of ${j.images}` }),
    h('span.note', {}, `${count(j.done)} of ${count(j.images)}${j.waiting ? `, ${count(j.waiting)} wait for large` : ''}${j.failed ? `, ${count(j.failed)} failed` : ''}${j.reason ? `. ${visible(j.reason)}` : ''}`)))));
}

function recent(s) {
  if (s.recentFailures.length === 0) return null;
  return h('section.card', {}, h('h2', {}, 'Latest failures'), h('ul.plain', {}, s.recentFailures.slice(0, 4).map(f => h('li', {},
    link(`/image?name=${encodeURIComponent(f.name)}`, 'a', {}, foreign(fileName(f.name))), ' ', h('span.badge.bad', {}, f.reason ?? 'unknown'), h('div.note.cut', {}, visible(f.message))))), link('/failures', 'a', {}, 'All failures'));
}

function dropZone(dropped) {
  const pick = (folder) => {
    const input = h('input', { type: 'file', multiple: true, webkitdirectory: folder });
    input.addEventListener('change', () => add([...input.files].map(f => ({ path: f.webkitRelativePath || f.name, file: f }))));
    input.click();
  };
  return h('section.card.dropzone', { 'aria-label': 'Upload' },
    h('div.row', {}, h('div', {}, h('h2', {}, 'Drop images here'), h('p.note', {}, 'Anywhere on the page, single ones or a folder. Labels appear below as they come.')),
      h('div.actions', {},
        h('label.field', {}, 'Batch', h('input', { type: 'text', placeholder: 'the folder’s name', size: 16, value: drops.batch, oninput: e => { drops.batch = e.target.value; } })),
        button('Choose images', () => pick(false)), button('Choose a folder', () => pick(true)))),
    dropped);
}

function droppedList() {
  const items = drops.items;
  if (items.length === 0) return [];
  const sent = items.filter(i => i.etag || i.state === 'refused').length;
  const labelled = items.filter(i => i.row && i.row.status !== 'Escalated').length;
  return [
    h('div.progress', {}, h('progress', { max: items.length, value: sent, 'aria-label': 'uploaded' }), h('span.note', { id: 'dropped' }, `${count(sent)} of ${count(items.length)} uploaded, ${count(labelled)} done`)),
    h('ul.drops', {}, items.slice(0, 60).map(i => h('li', {},
      i.etag ? h('img', { src: picture(i.name, i.etag, 256), alt: '', loading: 'lazy' }) : h('span.blank', {}),
      h('div', {},
        h('div.cut', { title: visible(i.name) }, i.etag ? link(`/image?name=${encodeURIComponent(i.name)}`, 'a', {}, foreign(fileName(i.name))) : foreign(fileName(i.name))),
        i.row ? h('div.row.left', {}, verdict(i.row), h('b.cut', {}, foreign(answer(i.row))), i.row.confidence !== undefined ? h('span.note', {}, confidence(i.row.confidence)) : null)
          : h(`div.note${i.state === 'refused' ? '.bad' : ''}`, {}, i.problem ?? (i.etag ? `${i.state}, waits for tiny` : i.state)))))),
    items.length > 60 ? h('p.note', {}, `… and ${count(items.length - 60)} more.`) : null,
    button('Review these', () => go(`/review?batch=${encodeURIComponent(items[0].name.split('/')[0])}`)),
  ];
}
