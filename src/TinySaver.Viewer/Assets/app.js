// The frame: views by address, the live figures, and what is shown when the connection is lost.
import { ask, foreign, h, put, readOnly, state } from './dom.js';
import { overview } from './overview.js';
import { images } from './grid.js';
import { image } from './image.js';
import { whatIf } from './whatif.js';
import { review } from './review.js';
import { failures } from './failures.js';
import { acceptDrops } from './upload.js';

const views = {
  '/': { title: 'Overview', icon: 'M3 11l9-7 9 7v9H3z', show: overview },
  '/images': { title: 'Images', icon: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z', show: images },
  '/what-if': { title: 'What if', icon: 'M4 7h9M17 7h3M15 4.5v5M4 17h3M11 17h9M9 14.5v5', show: whatIf },
  '/review': { title: 'Review', icon: 'M4 12l5 5L20 6', show: review },
  '/failures': { title: 'Failures', icon: 'M12 4l9 16H3zM12 10v4M12 17v.5', show: failures },
  '/image': { title: 'Image', show: image },
};

export const app = { about: null, latest: null, connected: false, listeners: new Set(), leave: null };

/** Called at once and with every change of the figures, until the view is left. */
export function live(listener) {
  app.listeners.add(listener);
  if (app.latest) listener(app.latest);
  return () => app.listeners.delete(listener);
}

export function go(path, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', path);
  show();
}

/** A link that does not load the page anew. */
export const link = (href, spec, props = {}, ...children) => h(spec, {
  ...props,
  href,
  onclick: e => {
    if (e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
    e.preventDefault();
    go(href);
  },
}, ...children);

function show() {
  const known = views[location.pathname] ?? views['/'];
  app.leave?.();
  app.leave = null;
  const view = document.getElementById('view');
  put(view);
  document.title = `${known.title} · TinySaver`;
  nav();
  try {
    app.leave = known.show(view, new URLSearchParams(location.search)) ?? null;
  } catch (e) {
    put(view, state('This view failed', e.message));
  }
  scrollTo(0, 0);
}

function nav() {
  const entries = Object.entries(views).filter(([, v]) => v.icon);
  put(document.getElementById('nav'),
    h('div.brand', {}, h('img', { src: '/assets/icon.svg', alt: '', width: 28, height: 28 }), h('b', {}, 'TinySaver')),
    ...entries.map(([path, v]) => link(path, 'a', { 'aria-current': location.pathname === path || (path === '/images' && location.pathname === '/image') ? 'page' : null },
      h('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' }, h('path', { d: v.icon })), h('span', {}, v.title), badge(path))),
  );
}

function badge(path) {
  const failed = app.latest?.status.failed;
  return path === '/failures' && failed > 0 ? h('span.count', {}, failed > 999 ? '999+' : String(failed)) : null;
}

function top() {
  const problem = app.latest?.problem;
  put(document.getElementById('top'),
    h('div.account', {}, foreign(app.about?.account ?? '')),
    readOnly ? h('span.chip', { title: 'started with --read-only' }, 'read-only') : null,
    h(`span.dot.${app.connected && !problem ? 'on' : 'off'}`, {}, app.connected ? problem ? 'storage fails' : 'live' : 'connecting …'),
    app.connected ? null : h('div.banner', { role: 'alert' }, 'The connection to the command is lost; the page shows what it last knew and tries again by itself.'),
    app.connected && problem ? h('div.banner', { role: 'alert' }, problem) : null,
  );
}

function connect() {
  const source = new EventSource('/api/live');
  source.addEventListener('overview', e => {
    const before = app.latest?.status.failed;
    app.latest = JSON.parse(e.data);
    app.connected = true;
    top();
    if (before !== app.latest.status.failed) nav();
    for (const listener of app.listeners) listener(app.latest);
  });
  source.onerror = () => {
    app.connected = false;
    top();
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  };
}

addEventListener('popstate', show);
addEventListener('keydown', e => {
  if (e.altKey && e.key >= '1' && e.key <= '5') go(Object.keys(views)[e.key - 1]);
});

// The token has done its work, and shall not stay in the address, the history or a screenshot.
if (location.search.includes('token=')) history.replaceState(null, '', location.pathname);

try {
  app.about = await ask('/about');
} catch (e) {
  app.about = { account: '', labels: [], problem: e.message };
}
acceptDrops();
top();
show();
connect();
