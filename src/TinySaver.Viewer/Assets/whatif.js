// Another threshold: every figure follows the hand, from counts that were fetched once.
import { app } from './app.js';
import { ask, button, count, dollars, h, macs, percent, put, state, visible } from './dom.js';

export function whatIf(view, query) {
  const body = h('div');
  const batch = query.get('batch') ?? '';
  view.append(h('h1', {}, 'What if'), body);
  let alive = true;
  const load = async () => {
    put(body, state('Reading the rows …'));
    try {
      const table = await ask(`/what-if?batch=${encodeURIComponent(batch)}`);
      if (!alive) return;
      if (table.earlier.n + table.bins.reduce((n, b) => n + b.n, 0) > 0) put(body, ...page(table));
      else {
        put(body, state(app.latest?.reading ? 'Still counting the rows …' : 'No rows of this policy yet', table.leftOut ? `${count(table.leftOut)} rows are of another policy, whose confidences are of another kind.` : 'Label some images first.'));
        setTimeout(() => alive && load(), 1500);
      }
    } catch (e) {
      if (alive) put(body, state('Nothing to try', e.message, button('Try again', load)));
    }
  };
  load();
  return () => { alive = false; };
}

/** What a threshold means for the rows, in steps of 0.001: figures at the policy's own may differ by the images of the bin that it lies in. */
export function at(t, threshold) {
  const steps = t.bins.length;
  const cut = Math.round(threshold * steps);
  const sum = { n: t.earlier.n, exits: t.earlier.n, truth: t.earlier.truth, right: t.earlier.exitRight, known: t.earlier.truth };
  t.bins.forEach((b, i) => {
    const exits = i >= cut;
    sum.n += b.n;
    sum.truth += b.truth;
    sum.exits += exits ? b.n : 0;
    sum.right += exits ? b.exitRight : b.largeRight;
    sum.known += exits ? b.truth : b.known;
  });
  const last = sum.n - t.earlier.n;
  const escalated = sum.n - sum.exits;
  sum.exitRate = sum.n ? sum.exits / sum.n : NaN;
  if (t.saverMacs !== undefined && t.largeMacs) {
    sum.macs = (t.earlierMacs + last * t.saverMacs + escalated * t.largeMacs) / sum.n;
    sum.saved = 1 - sum.macs / t.largeMacs;
  }
  if (t.prices) sum.usd = (t.prices.largeOnly - t.prices.images - t.prices.escalations * escalated / sum.n);
  if (sum.truth) [sum.low, sum.high] = [sum.right / sum.truth, (sum.right + sum.truth - sum.known) / sum.truth];
  return sum;
}

function page(t) {
  const steps = t.bins.length;
  const now = Math.round(t.threshold * steps) / steps;
  const figures = h('dl.tiles.four', { 'aria-live': 'polite' });
  const words = h('p.promise');
  const chart = histogram(t);
  const slider = h('input', { type: 'range', id: 'threshold', min: t.upOnly ? now : 0, max: 1, step: 1 / steps, value: now, 'aria-describedby': 'promise' });
  const shown = h('output', { for: 'threshold' });
  const move = value => {
    const before = at(t, now);
    const then = at(t, value);
    shown.textContent = value.toFixed(3);
    chart.move(value);
    const tile = (name, figure, remark) => h('div', {}, h('dt', {}, name), h('dd.figure', {}, figure), h('dd.remark', {}, remark));
    const change = (a, b, text) => Math.abs(a - b) < 1e-9 || Number.isNaN(a - b) ? 'as it is now' : `now ${text}`;
    put(figures,
      tile('Exit rate', percent(then.exitRate), change(then.exitRate, before.exitRate, percent(before.exitRate))),
      tile('Compute saved', percent(then.saved), then.macs ? `${macs(then.macs)} MACs an image; ${change(then.saved, before.saved, percent(before.saved))}` : 'the policy does not say what its models cost'),
      tile('Money saved', then.usd === undefined ? '–' : dollars(then.usd), then.usd === undefined ? 'no prices are known' : `a million images; ${change(then.usd, before.usd, dollars(before.usd))}`),
      tile('Accuracy', then.truth ? then.high - then.low < 0.0005 ? percent(then.low) : `${percent(then.low)} to ${percent(then.high)}` : '–',
        then.truth ? then.known < then.truth ? `on ${count(then.truth)} images of known truth; of ${count(then.truth - then.known)} the large model has not been asked` : `on ${count(then.truth)} images of known truth; now ${percent(before.low)}` : 'no truth is known: review some, or name folders by class'));
    const below = value < now - 1e-9;
    words.className = `promise ${below || !t.guaranteed ? 'unsure' : 'good'}`;
    words.textContent = !t.guaranteed ? 'This policy promises nothing at any threshold.' : below ? `Below ${now.toFixed(3)} nothing is promised: the certificate holds from there on up. Search again to certify a lower threshold.` : `At ${now.toFixed(3)} and above, what the policy guarantees is not weakened.`;
  };
  slider.addEventListener('input', () => move(Number(slider.value)));
  move(now);
  const back = button('Back to the policy’s', () => { slider.value = now; move(now); });
  return [
    h('p.note', {}, `The exit threshold of ${visible(t.saver)}${app.about?.policy?.savers.length > 1 ? ', the last saver' : ''}, by its ${t.measure}, over ${count(t.earlier.n + t.bins.reduce((n, b) => n + b.n, 0))} rows. Nothing is changed; a policy is published with `, h('code', {}, 'tinysaver policy publish'), '.'),
    h('section.card.threshold', {}, h('div.row', {}, h('label', { for: 'threshold' }, 'Threshold ', shown), back), chart.element, slider, words),
    figures,
    h('p.note', {}, [
      t.earlier.n ? `${count(t.earlier.n)} images exit at savers before it, whatever this threshold is.` : null,
      t.byReview + t.byFolder ? `Truth: ${count(t.byReview)} reviews, ${count(t.byFolder)} folders that are named as a class.` : null,
      t.leftOut ? `${count(t.leftOut)} rows of another policy, or without a saver’s confidence, are left out.` : null,
      t.upOnly ? 'Its answers are pooled, and the pooled confidence of an escalated image is not kept, so only higher thresholds can be tried.' : null,
    ].filter(Boolean).join(' ')),
  ];
}

function histogram(t) {
  const [wide, high, bars] = [1000, 150, 100];
  const of = t.bins.length / bars;
  const n = Array.from({ length: bars }, (_, i) => t.bins.slice(i * of, (i + 1) * of).reduce((sum, b) => sum + b.n, 0));
  // By roots, for the most certain images would leave nothing of the others.
  const most = Math.sqrt(Math.max(1, ...n));
  const marks = n.map((v, i) => h('rect', { x: i * 10 + 1, width: 8, y: high - Math.sqrt(v) / most * high, height: Math.sqrt(v) / most * high, rx: 2 }, h('title', {}, `${(i / bars).toFixed(2)} to ${((i + 1) / bars).toFixed(2)}: ${count(v)}`)));
  const line = h('line.rule', { y1: 0, y2: high });
  const nothing = t.guaranteed ? h('rect.nothing', { x: 0, y: 0, width: t.threshold * wide, height: high }) : null;
  const certified = t.guaranteed ? h('line.certified', { x1: t.threshold * wide, x2: t.threshold * wide, y1: 0, y2: high }) : null;
  const element = h('div.histogram', {},
    h('svg', { viewBox: `0 0 ${wide} ${high}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': 'How many images have which confidence' }, nothing, marks, certified, line),
    h('div.axis', { 'aria-hidden': 'true' }, ['0', '0.25', '0.5', '0.75', '1'].map(x => h('span', {}, x))),
    h('div.legend', {}, h('span.key.exits', {}, 'exit'), h('span.key.goes', {}, 'escalate'), t.guaranteed ? h('span.key.certified', {}, `certified from ${t.threshold.toFixed(3)}`) : null, h('span.note', {}, 'height: root of the number of images')));
  return {
    element,
    move: value => {
      line.setAttribute('x1', value * wide);
      line.setAttribute('x2', value * wide);
      marks.forEach((m, i) => m.setAttribute('class', (i + 0.5) / bars >= value ? 'exits' : 'goes'));
    },
  };
}
