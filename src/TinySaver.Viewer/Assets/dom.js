// Elements, amounts and requests. Texts of others are only ever text nodes and attributes that mean nothing: there is no innerHTML anywhere.
const meta = name => document.querySelector(`meta[name="${name}"]`).content;

export const readOnly = meta('read-only') === 'true';

/** An element: name and classes as `div.a.b`, properties or attributes, children. */
export function h(spec, props = {}, ...children) {
  const [name, ...classes] = spec.split('.');
  const svg = ['svg', 'path', 'rect', 'line', 'text', 'g', 'circle', 'polyline', 'title'].includes(name);
  const element = svg ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  if (classes.length) element.setAttribute('class', classes.join(' '));
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key === 'vars') for (const [n, v] of Object.entries(value)) element.style.setProperty(n, v);
    else if (key in element && !svg && typeof value !== 'string') element[key] = value;
    else element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.flat(9).filter(c => c !== null && c !== undefined && c !== false));
  return element;
}

/** Puts children in the place of what an element has; null and false are none. */
export const put = (element, ...children) => element.replaceChildren(...children.flat(9).filter(c => c !== null && c !== undefined && c !== false));

/** A text of others, its direction kept to itself and what cannot be seen made visible. */
export const foreign = text => h('bdi', {}, visible(text));

export const visible = text => String(text ?? '').replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, '\ufffd');

export const count = n => n === null || n === undefined ? '–' : n.toLocaleString('en-US');

export const percent = (share, digits = 1) => share === null || share === undefined || Number.isNaN(share) ? '–' : `${(share * 100).toFixed(digits)}\u00a0%`;

export const confidence = value => value === null || value === undefined ? '–' : value >= 0.9995 && value < 1 ? '>0.999' : value.toFixed(3);

export const dollars = usd => usd === null || usd === undefined ? '–' : `${usd < 0 ? '−' : ''}$${Math.abs(usd) >= 1 || usd === 0 ? Math.abs(usd).toFixed(2) : Math.abs(usd).toPrecision(2)}`;

export const macs = n => n === null || n === undefined ? '–' : n >= 1e9 ? `${(n / 1e9).toFixed(2)}\u00a0G` : n >= 1e6 ? `${(n / 1e6).toFixed(1)}\u00a0M` : `${(n / 1e3).toFixed(1)}\u00a0k`;

export const duration = s => s < 120 ? `${Math.round(s)} s` : s < 7200 ? `${Math.round(s / 60)} min` : s < 172800 ? `${Math.round(s / 3600)} h` : `${Math.round(s / 86400)} days`;

export const when = iso => new Date(iso).toISOString().replace('T', ' ').slice(0, 19) + 'Z';

export const fileName = name => name.slice(name.lastIndexOf('/') + 1) || name;

export const picture = (name, etag, side) => `/api/picture?name=${encodeURIComponent(name)}&v=${encodeURIComponent(etag ?? '')}&side=${side}`;

/** A request to the server; throws what it says in a sentence. */
export async function ask(path, { method = 'GET', body, raw, signal } = {}) {
  const headers = method === 'GET' ? {} : { 'X-TinySaver-Antiforgery': meta('antiforgery') };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response;
  try {
    response = await fetch(`/api${path}`, { method, headers, body: raw ?? (body === undefined ? undefined : JSON.stringify(body)), signal });
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    throw new Error('The page’s server does not answer. Is the command still running?');
  }
  if (!response.ok) {
    let said = (await response.text()).trim();
    if (said.startsWith('"')) said = JSON.parse(said);
    throw new Error(said || `The server answered ${response.status}.`);
  }
  return response.headers.get('Content-Type')?.includes('json') ? response.json() : response.text();
}

export function toast(text, kind = 'plain') {
  const element = h(`div.toast.${kind}`, {}, visible(text));
  document.getElementById('toasts').append(element);
  setTimeout(() => element.remove(), kind === 'bad' ? 8000 : 3500);
}

/** A state that takes the place of content: empty, loading or wrong. */
export const state = (title, text, ...actions) => h('div.state', {}, h('p.state-title', {}, title), text ? h('p.note', {}, visible(text)) : null, ...actions);

export const button = (text, onclick, props = {}) => h(`button${props.kind ? '.' + props.kind : ''}`, { type: 'button', onclick, title: props.title, disabled: props.disabled, 'aria-pressed': props.pressed }, text);

/** Who decided, as a coloured chip with a word: colour alone tells nobody anything. */
export function verdict(row) {
  const kind = row.status === 'Labelled' ? row.by : row.status.toLowerCase();
  const word = { tiny: 'tiny', large: 'large', escalated: 'waits', failed: 'failed' }[kind] ?? kind;
  return h(`span.chip.${kind}`, { title: row.degraded ? 'accepted below the threshold under overload' : null }, word + (row.degraded ? ' ↓' : ''));
}

export const answer = row => row.status === 'Labelled' ? row.label : row.status === 'Failed' ? row.reason : 'waits for the large model';
