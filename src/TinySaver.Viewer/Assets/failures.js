// What failed, why, and putting it back into the pipeline, one, some or all of a reason.
import { ask, button, count, foreign, h, put, readOnly, state, toast, visible, when } from './dom.js';
import { app, go, link, live } from './app.js';

const MOST = 200;

export function failures(view, query) {
  const reason = query.get('reason') ?? '';
  const head = h('div');
  const list = h('div');
  const chosen = new Set();
  const loaded = { rows: [], cursor: null };
  let retried = false;
  let reading = false;
  let failedThen;
  view.append(h('h1', {}, 'Failures'), head, list);

  const reasons = latest => {
    const s = latest.status;
    put(head,
      s.deadLetters > 0 ? h('p.promise.unsure', {}, `${count(s.deadLetters)} escalations were given up and wait for their failed rows: the tiny app, or tinysaver run, writes them.`) : null,
      h('div.row.wrap', {}, h('div.actions', {}, chip('', `all ${count(s.failed)}`), ...Object.entries(s.failedByReason).map(([name, n]) => chip(name, `${name} ${count(n)}`))),
        readOnly || s.failed === 0 ? null : h('div.actions', {},
          button(`Retry chosen (${chosen.size})`, () => retry('/retry', [...chosen]), { disabled: chosen.size === 0 }),
          button(reason ? `Retry all “${reason}”` : 'Retry all', () => confirm(`Put ${reason ? `all images that failed by “${reason}”` : `all ${count(s.failed)} failed images`} back into the pipeline?`) && retry(`/retry/failed?reason=${encodeURIComponent(reason)}`), { kind: 'primary' }))));
  };
  const chip = (name, text) => link(`/failures${name ? `?reason=${encodeURIComponent(name)}` : ''}`, 'a.button', { 'aria-current': name === reason ? 'true' : null }, text);
  const redraw = () => app.latest && reasons(app.latest);

  const retry = async (path, names) => {
    try {
      const did = await ask(path, { method: 'POST', body: names });
      toast(`${count(did.resubmitted)} put back${did.gone ? `, ${count(did.gone)} are gone` : ''}${did.outOfReach ? `, ${count(did.outOfReach)} have names that cannot be asked for` : ''}.`);
      chosen.clear();
      retried = true;

      // What fails again has a newer row, but leaves their number as it was.
      setTimeout(() => list.isConnected && load(true), 2000);
    } catch (e) {
      toast(e.message, 'bad');
    }
  };

  // What was put back is worked on when its turn comes: the list follows, unless one has gone on to its further pages.
  const follow = latest => retried && !reading && loaded.rows.length <= MOST && latest.status.failed !== failedThen && load(true);

  const load = async anew => {
    reading = true;
    failedThen = app.latest?.status.failed;
    const { rows, cursor } = anew ? { rows: [] } : loaded;
    try {
      const page = await ask(`/rows?status=Failed&most=${MOST}${reason ? `&reason=${encodeURIComponent(reason)}` : ''}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
      Object.assign(loaded, { rows: [...rows, ...page.rows], cursor: page.cursor });
      for (const name of chosen) if (!loaded.rows.some(r => r.name === name)) chosen.delete(name);
      draw();
    } catch (e) {
      put(list, state('The rows cannot be read', e.message, button('Try again', () => load(true))));
    }
    reading = false;
    redraw();
  };

  const draw = () => put(list, ...(loaded.rows.length === 0 ? [state('Nothing has failed', reason ? 'Not by this reason.' : null)] : [
    h('ul.failed-list', {}, loaded.rows.map(r => h('li', {},
      readOnly ? null : h('input', { type: 'checkbox', checked: chosen.has(r.name), 'aria-label': visible(`choose ${r.name}`), onchange: e => { chosen[e.target.checked ? 'add' : 'delete'](r.name); redraw(); } }),
      h('div', {}, link(`/image?name=${encodeURIComponent(r.name)}`, 'a', {}, foreign(r.name)), h('div.note', {}, visible(r.message))),
      h('span.badge.bad', {}, r.reason ?? 'unknown'), h('span.note.when', {}, when(r.writtenAt))))),
    loaded.cursor ? button('More', () => load(false)) : null,
    button('Review these', () => go(`/review?status=Failed${reason ? `&reason=${encodeURIComponent(reason)}` : ''}`)),
  ].filter(Boolean)));

  put(list, state('Loading …'));
  load(true);
  return live(latest => {
    reasons(latest);
    follow(latest);
  });
}
