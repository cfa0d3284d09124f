// One image at a time, by keyboard: what does it show? What the models say is hidden until it is judged, if wished.
import { answer, ask, button, confidence, count, fileName, foreign, h, picture, put, readOnly, state, toast, visible } from './dom.js';
import { app, go, link } from './app.js';
import { filterOf } from './grid.js';

const hide = { get on() { return localStorage.getItem('hide-answers') !== 'no'; }, set on(v) { localStorage.setItem('hide-answers', v ? 'yes' : 'no'); } };

export function review(view, query) {
  if (readOnly) {
    view.append(h('h1', {}, 'Review'), state('Read-only', 'This page was started with --read-only, so nothing can be judged. Judgements that there are can still be taken along.', takeAlong()));
    return null;
  }
  const filter = filterOf(query);
  if (!filter.size && !listed.names) {
    view.append(h('h1', {}, 'Review'), h('p.note', {}, 'What should be judged? Truths are kept in the account, with who gave them and when; search --reviews and evaluate --reviews take them.'), sources());
    return null;
  }
  const desk = new Desk(filter, view);
  desk.start();
  return () => desk.stop();
}

const listed = { names: null };

function sources() {
  const source = (title, text, action) => h('li.card', {}, h('h2', {}, title), h('p.note', {}, text), action);
  const batch = h('input', { type: 'text', size: 14, placeholder: 'batch' });
  const file = h('input', { type: 'file', accept: '.csv,text/csv' });
  const judge = async (read, none) => {
    try {
      const { names } = await read();
      if (names.length === 0) return toast(none, 'bad');
      listed.names = names;
      go('/review?queue=list');
    } catch (e) {
      toast(e.message, 'bad');
    }
  };
  const list = async () => ask(`/review/list?batch=${encodeURIComponent(batch.value)}`, { method: 'POST', raw: await file.files[0].text() });
  file.addEventListener('change', () => judge(list, 'The list is empty.'));
  return h('ul.sources', {},
    source('Differences in the audits', 'The latest audited images that the policy answers otherwise than the large model: what its guarantee is held against, and what recalibrate --with-reviews needs.', button('Judge these', () => judge(() => ask('/review/audits'), 'No audit of this policy differs.'), { kind: 'primary' })),
    source('Where the models differ', 'All images, audited or escalated, whose two models say different classes.', button('Judge these', () => go('/review?differ=true'))),
    source('A review list', 'The file that search --review wrote: the images whose label would save most. Say the batch that they were uploaded as.', h('div.actions', {}, h('label.field', {}, 'Batch', batch), h('label.filebutton', {}, 'Choose review.csv', file))),
    source('Whatever the filter shows', 'Choose images by batch, label, confidence and more, then “Review these”.', button('Open the images', () => go('/images'))),
    source('All, as they come', 'Every image with a label, for an honest measure of accuracy.', button('Judge all', () => go('/review?status=Labelled'))),
    source('Failures', 'Images without a label, as far as they can be shown.', button('Judge these', () => go('/review?status=Failed'))),
    source('Take along', 'All judgements as CSV.', takeAlong()));
}

const takeAlong = () => h('a.button', { href: '/api/reviews.csv', download: 'reviews.csv' }, 'Download reviews.csv');

class Desk {
  constructor(filter, view) {
    Object.assign(this, { filter, queue: [], at: 0, cursor: undefined, done: [], shown: false, typed: '', saving: 0, began: Date.now(), stopped: false });
    this.head = h('div.row.wrap.spaced');
    this.body = h('div');
    this.last = h('div.judged', { role: 'status', 'aria-live': 'polite' });
    view.append(h('h1', {}, 'Review'), this.head, this.body, this.last);
    this.key = this.key.bind(this);
  }

  async start() {
    addEventListener('keydown', this.key);
    put(this.body, state('Loading …'));
    await this.more();
    this.draw();
  }

  stop() {
    this.stopped = true;
    removeEventListener('keydown', this.key);
    listed.names = null;
  }

  async more() {
    if (this.cursor === null || this.loading) return;
    this.loading = true;
    try {
      if (listed.names) {
        const part = listed.names.splice(0, 100);
        const rows = new Map((await ask('/rows/of', { method: 'POST', body: part })).map(r => [r.name, r]));
        this.missing = (this.missing ?? 0) + part.length - rows.size;
        this.queue.push(...part.map(n => rows.get(n)).filter(Boolean));
        this.cursor = listed.names.length ? 'list' : null;
      } else {
        const query = new URLSearchParams(this.filter);
        query.set('most', 60);
        if (this.cursor) query.set('cursor', this.cursor);
        const page = await ask(`/rows?${query}`);
        this.queue.push(...page.rows);
        this.cursor = page.cursor ?? null;
      }
    } catch (e) {
      toast(e.message, 'bad');
    }
    this.loading = false;
    if (!this.stopped && this.at >= this.queue.length && this.cursor) return this.more();
  }

  get row() { return this.queue[this.at]; }

  // The same places for everybody: what the models say neither orders nor marks them, unless it is shown.
  choices() {
    const labels = app.about?.labels ?? [];
    const all = labels.map((text, index) => ({ text, index }));
    const typed = this.typed.toLowerCase();
    const found = typed ? all.filter(c => c.text.toLowerCase().includes(typed)) : all;
    if (all.length <= 9 || typed) return found.slice(0, 9);
    const said = new Set([this.row?.label, this.row?.tiny, this.row?.large].filter(Boolean));
    const near = all.filter(c => said.has(c.text));
    const rest = all.filter(c => !said.has(c.text));
    const from = [...(this.row?.name ?? '')].reduce((n, c) => (n * 31 + c.charCodeAt(0)) >>> 0, 7);
    for (let i = 0; near.length < 9 && i < rest.length && i < 9; i++) near.push(rest[(from + i * 37) % rest.length]);
    return [...new Map(near.map(c => [c.index, c])).values()].sort((a, b) => a.text.localeCompare(b.text)).slice(0, 9);
  }

  draw() {
    if (this.stopped) return;
    const minutes = (Date.now() - this.began) / 60000;
    put(this.head,
      h('p.note', { id: 'reviewed' }, `${count(this.done.length)} judged${this.done.length > 2 ? `, ${Math.round(this.done.length / Math.max(minutes, 0.05))} a minute` : ''}${this.saving ? `, ${this.saving} being saved` : ''}${this.missing ? `; ${count(this.missing)} of the list have no row` : ''}`),
      h('div.actions', {}, button('Hide answers', () => { hide.on = !hide.on; this.draw(); }, { kind: 'toggle', pressed: String(hide.on), title: 'H: hide what the models say until it is judged' }), button('Undo', () => this.undo(), { title: 'U or Backspace', disabled: !this.done.length }), link('/review', 'a.button', {}, 'Other images')));
    const row = this.row;
    if (!row) {
      if (this.cursor) this.more().then(() => this.draw());
      put(this.body, state(this.cursor ? 'Loading …' : this.done.length ? 'All judged' : 'Nothing to judge', this.cursor ? null : this.done.length ? `${count(this.done.length)} images have their truth now.` : 'No image matches.', this.cursor ? null : takeAlong()));
      return;
    }
    if (!app.about?.labels.length) return put(this.body, state('The classes are not known', app.about?.problem ?? 'Name the policy with --policy, so that its labels can be read.'));
    this.options = this.choices();
    this.pick = Math.min(this.pick ?? 0, Math.max(0, this.options.length - 1));
    const img = h('img', { src: picture(row.name, row.eTag, 1280), alt: 'The image to judge' });
    img.addEventListener('error', () => img.replaceWith(state('No picture', row.message ?? 'This version is gone. Skip it.')));
    put(this.body, h('div.desk', {},
      h('div.sheet', {}, img),
      h('div.choice', {},
        h('p.note.cut', { title: visible(row.name) }, foreign(fileName(row.name))),
        hide.on ? null : h('p', {}, h('span.chip.tiny', {}, 'tiny'), ' ', foreign(row.tiny ?? '–'), ' ', h('span.note', {}, confidence(row.tinyConfidence)), ' ', row.large === undefined ? null : [h('span.chip.large', {}, 'large'), ' ', foreign(row.large)]),
        app.about.labels.length > 9 ? h('input', { type: 'search', id: 'find', placeholder: 'Type to find a class ( / )', value: this.typed, oninput: e => { this.typed = e.target.value; this.pick = 0; this.draw(); const find = document.getElementById('find'); find.focus(); find.setSelectionRange(this.typed.length, this.typed.length); } }) : null,
        h('ol.options', {}, this.options.map((c, i) => h('li', {}, h(`button${i === this.pick ? '.picked' : ''}`, { type: 'button', onclick: () => this.judge(c) }, h('kbd', {}, String(i + 1)), h('span.cut', {}, foreign(c.text)), !hide.on && row.label === c.text ? h('span.note', {}, 'the label') : null)))),
        h('div.actions', {}, button('Not in the list', () => this.judge(null), { title: 'N or 0' }), button('Skip', () => this.skip(), { title: 'Right arrow' })),
        h('p.note.keys', {}, h('kbd', {}, '1'), '–', h('kbd', {}, '9'), ' choose, ', h('kbd', {}, '↑'), h('kbd', {}, '↓'), h('kbd', {}, 'Enter'), ' too, ', h('kbd', {}, 'N'), ' not in the list, ', h('kbd', {}, '→'), ' skip, ', h('kbd', {}, 'U'), ' undo, ', h('kbd', {}, 'H'), ' hide answers'))));
    for (const next of this.queue.slice(this.at + 1, this.at + 4)) new Image().src = picture(next.name, next.eTag, 1280);
    if (this.queue.length - this.at < 20) this.more();
  }

  judge(choice) {
    const row = this.row;
    if (!row) return;
    const judged = { row, at: this.at };
    this.done.push(judged);
    this.next();
    const text = choice ? choice.text : 'not in the list';
    const said = row.status === 'Labelled' || row.tiny !== undefined ? [' Tiny said ', foreign(row.tiny ?? '–'), row.large === undefined ? null : [', large ', foreign(row.large)], row.label === undefined ? '' : [', the label is ', foreign(answer(row))], '.'] : [];
    put(this.last, h('img', { src: picture(row.name, row.eTag, 256), alt: '' }), h('span', {}, h('b', {}, foreign(text)), '.', ...said.flat()), choice && row.label !== undefined ? h(`span.badge.${choice.text === row.label ? 'good' : 'bad'}`, {}, choice.text === row.label ? 'the label is right' : 'the label is wrong') : null);
    this.saving++;
    judged.saved = ask('/review', { method: 'POST', body: { name: row.name, eTag: row.eTag, classIndex: choice?.index ?? null, label: choice?.text ?? null } })
      .catch(e => {
        toast(`${fileName(row.name)} was not saved: ${e.message}`, 'bad');
        this.done = this.done.filter(d => d !== judged);
        this.queue.push(row);
      })
      .finally(() => { this.saving--; this.draw(); });
  }

  skip() {
    if (this.row) this.next();
  }

  next() {
    this.at++;
    this.typed = '';
    this.pick = 0;
    this.draw();
  }

  async undo() {
    const last = this.done.pop();
    if (!last) return;
    this.at = last.at;
    this.pick = 0;
    this.draw();
    try {
      await last.saved;
      const did = await ask('/review/undo', { method: 'POST', body: { name: last.row.name, eTag: last.row.eTag } });
      put(this.last, did.undone ? 'Taken back.' : 'Somebody else has judged it since, so it stays.');
    } catch (e) {
      toast(e.message, 'bad');
    }
  }

  key(e) {
    if (e.altKey || e.ctrlKey || e.metaKey) return;
    const typing = e.target.matches('input');
    if (typing && !['Enter', 'Escape', 'ArrowUp', 'ArrowDown'].includes(e.key)) return;
    const n = Number(e.key);
    if (!typing && n >= 1 && n <= 9 && this.options?.[n - 1]) this.judge(this.options[n - 1]);
    else if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      this.pick = Math.max(0, Math.min((this.options?.length ?? 1) - 1, (this.pick ?? 0) + (e.key === 'ArrowDown' ? 1 : -1)));
      this.draw();
    } else if (e.key === 'Enter' && (typing || e.target === document.body || e.target.id === 'view')) {
      if (this.options?.[this.pick]) this.judge(this.options[this.pick]);
    } else if (e.key === 'ArrowRight') this.skip();
    else if (e.key === 'u' || e.key === 'Backspace' || e.key === 'ArrowLeft') this.undo();
    else if (e.key === 'n' || e.key === '0') this.judge(null);
    else if (e.key === 'h') { hide.on = !hide.on; this.draw(); }
    else if (e.key === '/') document.getElementById('find')?.focus();
    else if (e.key === 'Escape' && typing) e.target.blur();
    else return;
    e.preventDefault();
  }
}
