// One image: large, with zoom, and all that is known of it.
import { ask, button, confidence, fileName, foreign, h, picture, put, readOnly, state, toast, verdict, visible, when } from './dom.js';
import { app, go, link } from './app.js';
import { walk } from './grid.js';
import { bars, gauge } from './bars.js';

export function image(view, query) {
  const name = query.get('name') ?? '';
  const body = h('div');
  view.append(body);
  let alive = true;
  const load = async () => {
    put(body, state('Loading …'));
    try {
      const row = await ask(`/row?name=${encodeURIComponent(name)}`);
      if (alive) put(body, ...page(row, load));
    } catch (e) {
      if (alive) put(body, state('This image cannot be shown', e.message, button('Back', () => history.back())));
    }
  };
  const keys = e => {
    if (e.target.matches('input, select, textarea') || e.altKey || e.ctrlKey || e.metaKey) return;
    if (e.key === 'ArrowLeft') step(name, -1);
    else if (e.key === 'ArrowRight') step(name, 1);
    else if (e.key === 'Escape') go(`/images${walk.query ? `?${walk.query}` : ''}`);
  };
  addEventListener('keydown', keys);
  load();
  return () => {
    alive = false;
    removeEventListener('keydown', keys);
  };
}

function step(name, by) {
  const at = walk.rows.findIndex(r => r.name === name);
  const next = at < 0 ? null : walk.rows[at + by];
  if (!next) return;
  Object.assign(walk, { at: at + by });
  go(`/image?name=${encodeURIComponent(next.name)}`, { replace: true });
}

function page(row, reload) {
  const { card } = row;
  const at = walk.rows.findIndex(r => r.name === card.name);
  const folder = card.name.slice(0, card.name.lastIndexOf('/') + 1);
  const stale = row.present && row.present.eTag !== card.eTag;
  return [
    h('div.row.wrap.crumbs', {},
      h('div.left', {}, link(`/images${walk.query ? `?${walk.query}` : ''}`, 'a', {}, '← Images'), h('h1', {}, foreign(fileName(card.name))), h('p.note', {}, foreign(folder))),
      h('div.actions', {},
        button('‹', () => step(card.name, -1), { title: 'Previous (left arrow)', disabled: at <= 0 }), button('›', () => step(card.name, 1), { title: 'Next (right arrow)', disabled: at < 0 || at >= walk.rows.length - 1 }),
        readOnly ? null : button('Retry', async e => {
          e.target.disabled = true;
          try {
            const did = await ask('/retry', { method: 'POST', body: [card.name] });
            toast(did.resubmitted ? 'Put back into the pipeline.' : 'The image is gone.', did.resubmitted ? 'plain' : 'bad');
            setTimeout(reload, 1500);
          } catch (error) {
            toast(error.message, 'bad');
          }
          e.target.disabled = false;
        }, { title: 'Write it again, unchanged: it gets a new version, and that a new row' }))),
    h('div.image', {}, stage(card), h('aside', {}, summary(row), answers(row), facts(row, stale))),
  ];
}

function stage(card) {
  const img = h('img', { src: picture(card.name, card.eTag, 1280), alt: visible(`${card.label ?? card.status}: ${card.name}`), draggable: false });
  const box = h('div.stage', { tabindex: '0', 'aria-label': 'Picture; plus and minus zoom, arrows move' }, img);
  const at = { scale: 1, x: 0, y: 0, sharp: false };
  const apply = () => {
    if (at.scale === 1) at.x = at.y = 0;
    img.style.transform = `translate(${at.x}px, ${at.y}px) scale(${at.scale})`;
    img.classList.toggle('pixels', at.scale >= 4);
    if (at.scale > 1 && !at.sharp) {
      at.sharp = true;
      img.src = picture(card.name, card.eTag, 4096);
    }
  };
  const zoom = (factor, px = 0, py = 0) => {
    const next = Math.max(1, Math.min(16, at.scale * factor));
    at.x = px - (px - at.x) * next / at.scale;
    at.y = py - (py - at.y) * next / at.scale;
    at.scale = next;
    apply();
  };
  const point = e => { const r = box.getBoundingClientRect(); return [e.clientX - r.left - r.width / 2, e.clientY - r.top - r.height / 2]; };
  box.addEventListener('wheel', e => { e.preventDefault(); zoom(e.deltaY < 0 ? 1.25 : 0.8, ...point(e)); }, { passive: false });
  box.addEventListener('dblclick', e => zoom(at.scale > 1 ? 0.001 : 3, ...point(e)));
  box.addEventListener('pointerdown', e => { box.setPointerCapture(e.pointerId); at.drag = [e.clientX - at.x, e.clientY - at.y]; });
  box.addEventListener('pointermove', e => { if (at.drag && at.scale > 1) { [at.x, at.y] = [e.clientX - at.drag[0], e.clientY - at.drag[1]]; apply(); } });
  box.addEventListener('pointerup', () => { at.drag = null; });
  box.addEventListener('keydown', e => {
    if (e.key === '+' || e.key === '=') zoom(1.4);
    else if (e.key === '-') zoom(1 / 1.4);
    else if (e.key === '0') zoom(0.001);
    else if (at.scale > 1 && e.key.startsWith('Arrow')) {
      const [dx, dy] = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[e.key];
      [at.x, at.y] = [at.x + dx, at.y + dy];
      apply();
      e.stopPropagation();
    } else return;
    e.preventDefault();
  });
  img.addEventListener('error', () => put(box, state('No picture', card.message ?? 'This version of the image is not there any longer, or is no image.')));
  return h('div.stage-box', {}, box, h('div.zoom', {}, button('−', () => zoom(1 / 1.4), { title: 'Smaller' }), button('Fit', () => zoom(0.001)), button('+', () => zoom(1.4), { title: 'Larger' })));
}

function summary(row) {
  const { card } = row;
  return h('section.card.summary', {},
    h('div.row', {}, h('h2', {}, foreign(card.label ?? (card.status === 'Failed' ? 'Failed' : 'Waits for the large model'))), verdict(card)),
    card.confidence === undefined ? null : h('p.note', {}, `confidence ${confidence(card.confidence)}`),
    card.status === 'Failed' ? h('p', {}, h('span.badge.bad', {}, card.reason ?? 'unknown'), ' ', visible(card.message)) : null,
    row.review ? h('p', {}, h('span.badge.good', {}, 'reviewed'), ' ', foreign(row.review.label), h('span.note', {}, ` by ${visible(row.review.by)}, ${when(row.review.at)}`)) : null,
    card.tiny === undefined ? null : h('div.model', {}, h('div.row', {}, h('span', {}, h('span.chip.tiny', {}, foreign(row.saver ?? 'tiny')), ' ', foreign(card.tiny))), row.threshold === undefined ? h('p.note', {}, `confidence ${confidence(card.tinyConfidence)}`) : gauge(card.tinyConfidence, row.threshold)),
    card.large === undefined ? null : h('div.model', {}, h('div.row', {}, h('span', {}, h('span.chip.large', {}, 'large'), ' ', foreign(card.large)), h('span.note', {}, `confidence ${confidence(row.largeConfidence)}`))));
}

function answers(row) {
  const box = h('section.card');
  const said = row.topK.length ? bars(row.card.by === 'large' && app.about?.policy ? 'The answer that decided' : 'The likeliest classes', { topK: row.topK, confidence: row.card.confidence }, { kind: row.card.by }) : null;
  const more = button('Ask every model', async () => {
    more.disabled = true;
    more.textContent = 'Asking …';
    try {
      const all = await ask(`/ask?name=${encodeURIComponent(row.card.name)}`);
      put(box, h('h2', {}, 'What each model says'),
        ...all.models.map((m, i) => bars(foreign(m.model), m, { threshold: m.threshold, kind: i < all.models.length - 1 ? 'tiny' : 'large' })), ...(all.pooled ? [bars('All, pooled', all.pooled, {})] : []),
        h('p.note', {}, 'Computed now, on this machine, of the present version.'));
    } catch (e) {
      toast(e.message, 'bad');
      more.disabled = false;
      more.textContent = 'Ask every model';
    }
  }, { title: 'Runs the policy’s models on this image, here; nothing is written' });
  box.append(...(said ? [said] : []), more);
  return box;
}

function facts(row, stale) {
  const fact = (name, ...value) => h('div', {}, h('dt', {}, name), h('dd', {}, ...value));
  return h('section.card', {}, h('h2', {}, 'Row'), h('dl.facts', {},
    fact('Status', row.card.status), fact('Written', when(row.card.writtenAt)), fact('Policy', h('code', {}, row.policy ?? '–')), row.job ? fact('Job', foreign(row.job)) : null,
    fact('Tiny model', h('code', {}, row.tinyModel ?? '–')), fact('Large model', h('code', {}, row.largeModel ?? '–')),
    fact('Version of the row', h('code', {}, visible(row.card.eTag)), ` of ${when(row.lastModified)}`),
    fact('Version in storage', row.present ? stale ? h('span.bad', {}, `a newer one, of ${when(row.present.lastModified)}; its row has yet to come`) : 'the same' : h('span.bad', {}, 'none: the image is gone')),
    fact('Stage', row.stageMilliseconds === undefined ? '–' : `${row.stageMilliseconds.toFixed(1)} ms`), fact('Trace id', h('code', {}, row.operationId ?? '–'))));
}
