// Lets the page come up in a tunnel: its own files are kept, and nothing else. Comments that were written
// without network wait in IndexedDB; this worker never sees them, nor anything under /api and /live.

const cacheName = 'live-comments-page-1';

// The files of a build or two; the oldest go first.
const maxFiles = 80;

self.addEventListener('install', () => self.skipWaiting());

self.addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name))),
      )
      .then(() => self.clients.claim()),
  );
});

// The first page of a visitor is loaded before there is a worker: it says which files it came with.
self.addEventListener('message', (event) => {
  const files = event.data?.keep;
  if (Array.isArray(files))
    event.waitUntil(keep(files.filter((file) => isOurs(new URL(file, location.origin)))).then(keepTheRest));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== location.origin) return;
  // Every page is the same document, which then shows what its address names.
  if (request.mode === 'navigate' && isPage(url)) event.respondWith(page(request));
  else if (isOurs(url) && url.pathname !== '/') event.respondWith(file(request));
});

function isPage({ pathname }) {
  return !/^\/(api|live|openapi|assets)(\/|$)/.test(pathname) && !/\.[^/]*$/.test(pathname);
}

function isOurs({ origin, pathname }) {
  return origin === location.origin && (pathname === '/' || pathname.startsWith('/assets/'));
}

async function page(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok) await (await caches.open(cacheName)).put('/', answer.clone());
    return answer;
  } catch (error) {
    const kept = await caches.match('/');
    if (kept) return kept;
    throw error;
  }
}

// Their names carry a hash of their content: what is kept is right.
async function file(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    const cache = await caches.open(cacheName);
    await cache.put(request, answer.clone());
    await forgetOldest(cache);
  }
  return answer;
}

async function keep(files) {
  const cache = await caches.open(cacheName);
  await cache.addAll(files);
  await forgetOldest(cache);
}

// What a page asks for only when it is wanted, such as a thread or a form: some 40 KB, when the page stands.
async function keepTheRest() {
  const answer = await fetch('/files.json', { cache: 'no-cache' });
  if (!answer.ok) return;
  const cache = await caches.open(cacheName);
  const missing = [];
  for (const file of await answer.json())
    if (isOurs(new URL(file, location.origin)) && !(await cache.match(file))) missing.push(file);
  await keep(missing);
}

async function forgetOldest(cache) {
  const keys = (await cache.keys()).filter(({ url }) => new URL(url).pathname !== '/');
  await Promise.all(keys.slice(0, Math.max(0, keys.length - maxFiles)).map((key) => cache.delete(key)));
}
