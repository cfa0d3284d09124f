// The likeliest classes of an answer as bars.
import { confidence, foreign, h, percent } from './dom.js';

/** Bars of `topK`; the saver's threshold as a mark where its confidence is the highest probability. */
export function bars(title, said, { threshold, kind, note } = {}) {
  return h(`section.bars.${kind ?? 'plain'}`, {},
    h('div.row', {}, h('h3', {}, title), note ? h('span.note', {}, note) : null),
    threshold === undefined || threshold === null ? null : gauge(said.confidence, threshold),
    h('ul', {}, (said.topK ?? []).map(t => h('li', {}, h('span.cut', {}, foreign(t.label)), h('span.meter', { vars: { '--p': Math.max(0, Math.min(1, t.probability)) } }), h('span.number', {}, percent(t.probability))))));
}

/** A confidence beside the threshold that it is compared with. */
export function gauge(value, threshold) {
  const exits = value >= threshold;
  return h('div.gauge', { role: 'img', 'aria-label': `confidence ${confidence(value)}, threshold ${threshold.toFixed(3)}: ${exits ? 'exits' : 'escalates'}` },
    h('div.track', { vars: { '--p': value, '--t': threshold } }, h('span.fill'), h('span.mark')),
    h('div.row', {}, h('span.note', {}, `confidence ${confidence(value)}`), h('span.note', {}, `threshold ${threshold.toFixed(3)}: ${exits ? 'exits here' : 'goes on'}`)));
}
