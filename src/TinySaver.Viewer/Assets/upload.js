// Files and folders that are dropped anywhere on the page.
import { ask, fileName, h, readOnly, toast } from './dom.js';
import { go } from './app.js';

const atOnce = 4;
const ignored = ['thumbs.db', 'desktop.ini'];

/** What was dropped since the page was opened: name, state, and the row once there is one. */
export const drops = { items: [], changed: new Set(), batch: '' };

const tell = () => drops.changed.forEach(listener => listener());

export function acceptDrops() {
  if (readOnly) return;
  let depth = 0;
  const veil = h('div.veil', {}, h('p', {}, 'Drop images or a folder to upload them'));
  const isFiles = e => e.dataTransfer?.types.includes('Files');
  addEventListener('dragenter', e => { if (isFiles(e) && depth++ === 0) document.body.append(veil); });
  addEventListener('dragleave', e => { if (isFiles(e) && --depth === 0) veil.remove(); });
  addEventListener('dragover', e => { if (isFiles(e)) e.preventDefault(); });
  addEventListener('drop', async e => {
    if (!isFiles(e)) return;
    e.preventDefault();
    depth = 0;
    veil.remove();
    const entries = [...e.dataTransfer.items].map(i => i.webkitGetAsEntry?.()).filter(Boolean);
    const found = entries.length ? [] : [...e.dataTransfer.files].map(file => ({ path: file.name, file }));
    for (const entry of entries) await walk(entry, '', found);
    await add(found);
  });
}

async function walk(entry, folder, found) {
  if (entry.isFile) {
    found.push({ path: folder + entry.name, file: await new Promise((yes, no) => entry.file(yes, no)) });
    return;
  }
  const reader = entry.createReader();
  for (let part; (part = await new Promise((yes, no) => reader.readEntries(yes, no))).length;)
    for (const child of part) await walk(child, `${folder}${entry.name}/`, found);
}

/** Uploads files, named as `tinysaver upload` names them: the batch, or else the folder's own name, and the path below it. */
export async function add(found) {
  const files = found.filter(f => !ignored.includes(fileName(f.path).toLowerCase()) && !f.path.split('/').some(p => p.startsWith('.')));
  if (files.length === 0) return toast('There are no images in what was dropped.', 'bad');
  if (location.pathname !== '/') go('/');
  const batch = drops.batch.replace(/^\/+|\/+$/g, '');
  const items = files.map(f => {
    const inFolder = f.path.includes('/');
    const below = inFolder ? f.path.slice(f.path.indexOf('/') + 1) : f.path;
    return { name: `${batch || (inFolder ? f.path.slice(0, f.path.indexOf('/')) : 'images')}/${below}`, file: f.file, size: f.file.size, state: 'queued', row: null };
  });
  const names = new Set(items.map(i => i.name));
  drops.items = [...items, ...drops.items.filter(i => !names.has(i.name))];
  tell();
  const queue = [...items];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (let item; (item = queue.shift());) await upload(item);
  }));
}

async function upload(item) {
  item.state = 'uploading';
  tell();
  try {
    const sent = await ask(`/upload?name=${encodeURIComponent(item.name)}`, { method: 'PUT', raw: item.file });
    Object.assign(item, { name: sent.name, etag: sent.eTag, state: sent.skipped ? 'there already' : 'uploaded', file: null });
    follow();
  } catch (e) {
    Object.assign(item, { state: 'refused', problem: e.message, file: null });
  }
  tell();
}

let following = false;

async function follow() {
  if (following) return;
  following = true;
  for (let waits = 400; ;) {
    const open = drops.items.filter(i => i.etag && (i.row?.eTag !== i.etag || i.row.status === 'Escalated')).slice(0, 500);
    if (open.length === 0) break;
    try {
      const rows = await ask('/rows/of', { method: 'POST', body: open.map(i => i.name) });
      const byName = new Map(rows.map(r => [r.name, r]));
      let news = false;
      for (const item of open) {
        const row = byName.get(item.name);
        if (row && row.eTag === item.etag && row.status !== item.row?.status) {
          item.row = row;
          news = true;
        }
      }
      if (news) tell();
      waits = news ? 400 : Math.min(waits * 1.3, 5000);
    } catch {
      waits = 5000;
    }
    await new Promise(done => setTimeout(done, waits));
  }
  following = false;
}
