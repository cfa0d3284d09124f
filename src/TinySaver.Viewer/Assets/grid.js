// Images by filter. Only the tiles in sight exist; further rows are fetched a page ahead of the hand.
import { answer, ask, button, confidence, count, fileName, foreign, h, picture, put, state, verdict, visible } from './dom.js';
import { go, live } from './app.js';

const pageSize = 500;
const gap = 10;
const texts = 62;

/** The list that the image view walks through with the arrow keys. */
export const walk = { rows: [], query: '' };

// What rows can be told apart by, as last heard.
let facets = { batches: [], labels: [], jobs: [] };

const parts = ['batch', 'job', 'status', 'label', 'by', 'reason', 'from', 'to', 'differ'];

export const filterOf = query => new URLSearchParams(parts.filter(p => query.has(p) && (query.get(p) !== '' || p === 'batch')).map(p => [p, query.get(p)]));

export function images(view, query) {
  const filter = filterOf(query);
  const grid = new Grid(filter, document.createElement('div'));
  const head = h('div.toolbar', { role: 'search', 'aria-label': 'Filter' });
  view.append(h('div.row.wrap', {}, h('h1', {}, 'Images'), grid.told), head, grid.box);
  const stop = toolbar(head, filter, grid);
  grid.start();
  return () => {
    stop();
    grid.stop();
  };
}

function toolbar(head, filter, grid) {
  const set = (name, value) => {
    const next = new URLSearchParams(filter);
    if (value === '' || value === null) next.delete(name);
    else next.set(name, value);
    go(`/images${next.size ? `?${next}` : ''}`, { replace: true });
  };
  const choose = (label, name, options, texts = {}) => h('label.field', {}, label, h('select', { name, onchange: e => set(name, e.target.value === '\u0000' ? null : e.target.value) },
    h('option', { value: '\u0000', selected: !filter.has(name) }, 'all'),
    options.map(o => h('option', { value: o, selected: filter.get(name) === o }, visible(texts[o] ?? o)))));
  const number = (label, name) => h('label.field', {}, label, h('input', { type: 'number', name, min: 0, max: 1, step: 0.01, value: filter.get(name) ?? '', placeholder: name === 'from' ? '0' : '1', onchange: e => set(name, e.target.value) }));
  const draw = () => put(head,
    choose('Batch', 'batch', known(facets.batches, filter.get('batch')), { '': 'no folder' }),
    choose('Status', 'status', ['Labelled', 'Escalated', 'Failed'], { Escalated: 'waits for large' }),
    choose('Label', 'label', known(facets.labels, filter.get('label'))),
    choose('Decided by', 'by', ['tiny', 'large']),
    h('div.range', { role: 'group', 'aria-label': 'Confidence' }, number('Confidence from', 'from'), number('to', 'to')),
    facets.jobs.length || filter.has('job') ? choose('Job', 'job', known(facets.jobs, filter.get('job'))) : null,
    filter.get('status') === 'Failed' || filter.has('reason') ? choose('Reason', 'reason', ['empty', 'not-an-image', 'unsupported-format', 'too-many-bytes', 'too-many-pixels', 'damaged', 'bad-model-output', 'retries-exhausted', 'unusable-name', 'deleted']) : null,
    button('Models differ', () => set('differ', filter.has('differ') ? null : 'true'), { kind: 'toggle', pressed: String(filter.has('differ')) }),
    h('span.grow'),
    filter.size ? button('Clear', () => go('/images')) : null,
    button('Review these', () => go(`/review?${filter}`), { kind: 'primary', title: 'Judge them one by one' }));
  draw();

  // A label or batch that comes while one looks can be chosen too; a choice in hand is not drawn anew under it.
  let stale = true;
  const inHand = () => head.contains(document.activeElement);
  return live(async latest => {
    stale ||= latest.imagesPerSecond > 0;
    if (!stale || latest.reading || inHand()) return;
    stale = false;
    const heard = await ask('/facets').catch(() => null);
    stale = heard === null || inHand();
    if (stale || !head.isConnected || names(heard) === names(facets)) return;
    facets = heard;
    draw();
  });
}

const names = heard => JSON.stringify(Object.values(heard).map(facet => known(facet)));

const known = (facet, chosen) => [...new Set([...facet.map(f => f.name).sort(), ...(chosen === null || chosen === undefined ? [] : [chosen])])];

class Grid {
  constructor(filter, box) {
    Object.assign(this, { filter, box, rows: [], cursor: undefined, loading: false, tiles: new Map(), focus: 0, stopped: false });
    this.told = h('p.note.told', { role: 'status' });
    this.inner = h('div.inner', { role: 'list' });
    box.className = 'grid-box';
    box.append(this.inner);
    this.draw = this.draw.bind(this);
    box.addEventListener('keydown', e => this.key(e));
  }

  start() {
    addEventListener('scroll', this.draw, { passive: true });
    this.watch = new ResizeObserver(this.draw);
    this.watch.observe(this.box);
    if (walk.query === String(this.filter) && walk.rows.length && walk.back) {
      [this.rows, this.cursor, this.focus] = [walk.rows, walk.cursor, walk.at ?? 0];
      this.draw();
      scrollTo(0, walk.scroll ?? 0);
      walk.back = false;
    } else this.more();
  }

  stop() {
    this.stopped = true;
    removeEventListener('scroll', this.draw);
    this.watch.disconnect();
    this.abort?.abort();
  }

  async more() {
    if (this.loading || this.cursor === null || this.stopped) return;
    this.loading = true;
    this.tell();
    this.abort = new AbortController();
    try {
      const query = new URLSearchParams(this.filter);
      query.set('most', this.rows.length ? pageSize : 120);
      if (this.cursor) query.set('cursor', this.cursor);
      const page = await ask(`/rows?${query}`, { signal: this.abort.signal });
      this.rows.push(...page.rows);
      this.cursor = page.cursor ?? null;
      this.wrong = null;
      Object.assign(walk, { rows: this.rows, query: String(this.filter), cursor: this.cursor });
    } catch (e) {
      if (e.name !== 'AbortError') this.wrong = e.message;
    }
    this.loading = false;
    if (this.stopped) return;
    this.draw();
    if (!this.wrong && this.rows.length < 120 && this.cursor) this.more();
  }

  tell() {
    this.told.textContent = this.loading && !this.rows.length ? 'Loading …' : `${count(this.rows.length)}${this.cursor ? ' loaded, more as you scroll' : this.rows.length === 1 ? ' image' : ' images'}`;
  }

  measure() {
    const width = this.box.clientWidth;
    this.columns = Math.max(2, Math.floor((width + gap) / ((width < 500 ? 104 : 168) + gap)));
    this.side = Math.floor((width - gap * (this.columns - 1)) / this.columns);
    this.height = this.side + texts + gap;
  }

  draw() {
    if (this.stopped) return;
    this.measure();
    this.tell();
    if (this.wrong || (!this.rows.length && this.cursor === null)) {
      this.inner.style.height = 'auto';
      this.tiles.clear();
      put(this.inner, this.wrong ? state('The rows cannot be read', this.wrong, button('Try again', () => { this.wrong = null; this.more(); })) : state('No images match', this.filter.size ? 'Clear the filter to see all.' : 'Nothing has been labelled yet.'));
      return;
    }
    const lines = Math.ceil(this.rows.length / this.columns);
    this.inner.style.height = `${lines * this.height}px`;
    const above = -this.inner.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(above / this.height) - 2) * this.columns;
    const last = Math.min(this.rows.length, (Math.ceil((above + innerHeight) / this.height) + 2) * this.columns);
    for (const [index, tile] of this.tiles) {
      if (index < first || index >= last) {
        tile.remove();
        this.tiles.delete(index);
      }
    }
    for (let i = first; i < last; i++) {
      let tile = this.tiles.get(i);
      if (!tile) {
        tile = this.tile(this.rows[i], i);
        this.tiles.set(i, tile);
        this.inner.append(tile);
      }
      tile.style.width = `${this.side}px`;
      tile.style.setProperty('--side', `${this.side}px`);
      tile.style.transform = `translate(${(i % this.columns) * (this.side + gap)}px, ${Math.floor(i / this.columns) * this.height}px)`;
    }
    if (this.cursor && last > this.rows.length - 3 * this.columns * Math.ceil(innerHeight / this.height)) this.more();
  }

  tile(row, index) {
    const href = `/image?name=${encodeURIComponent(row.name)}`;
    const differs = row.tiny !== undefined && row.large !== undefined && row.tiny !== row.large;
    return h('div.tile', { role: 'listitem' }, h('a', {
      href, tabindex: index === this.focus ? '0' : '-1', 'data-index': String(index), title: visible(row.name),
      'aria-label': visible(`${answer(row)}, ${row.by ?? row.status}, ${fileName(row.name)}`),
      onfocus: () => { this.focus = index; },
      onclick: e => {
        if (e.ctrlKey || e.metaKey || e.shiftKey) return;
        e.preventDefault();
        Object.assign(walk, { at: index, scroll: scrollY, back: true });
        go(href);
      },
    }, h('img', { src: picture(row.name, row.eTag, 256), alt: '', loading: 'lazy', decoding: 'async', onerror: e => e.target.replaceWith(h('span.blank', {}, 'no picture')) }),
    h('span.caption', {},
      h('b.cut', {}, foreign(answer(row))),
      h('span.row.left', {}, verdict(row), row.confidence !== undefined ? h('span.note', {}, confidence(row.confidence)) : null, differs ? h('span.differs', { title: visible(`tiny says ${row.tiny}, large says ${row.large}`) }, '≠') : null))));
  }

  key(e) {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: this.columns, ArrowUp: -this.columns, Home: -this.rows.length, End: this.rows.length }[e.key];
    if (!step || e.target.tagName !== 'A') return;
    e.preventDefault();
    this.focus = Math.max(0, Math.min(this.rows.length - 1, this.focus + step));
    const top = this.inner.getBoundingClientRect().top + scrollY + Math.floor(this.focus / this.columns) * this.height;
    if (top < scrollY + 80 || top + this.height > scrollY + innerHeight) scrollTo(0, top - innerHeight / 3);
    this.draw();
    const link = this.tiles.get(this.focus)?.firstChild;
    for (const tile of this.tiles.values()) tile.firstChild.tabIndex = tile.firstChild === link ? 0 : -1;
    link?.focus({ preventScroll: true });
  }
}
