import 'fake-indexeddb/auto';
import { describe, expect, test } from 'vitest';
import { type Feed, openFeed } from './feed';
import { maxHeldPollMs } from './outbox';
import { openPostStorage, type StoredPost } from './postStorage';
import type { Session } from './protocol';
import { quiet, TestBrowser, type TestTab } from './testing/browser';
import { aSession } from './testing/data';
import { problem, TestServer } from './testing/server';

function aBrowser() {
  const server = new TestServer();
  const browser = new TestBrowser(server);
  server.browser = browser;
  const open = (session: Session | null = aSession('ada')): { tab: TestTab; feed: Feed } => {
    const tab = browser.openTab();
    return { tab, feed: openFeed({ streamId: 'demo', environment: tab, session, latencySampleRate: 0 }) };
  };
  return { server, browser, open, advance: (ms: number) => browser.clock.advance(ms) };
}

const posts = (feed: Feed) => feed.store.getState().posts;
const texts = (feed: Feed) => feed.store.getState().entries.map(({ comment }) => comment.content);
const inLog = (server: TestServer) => server.log.map(({ comment }) => comment.content);
const refusal = (status: number, code: string, retryable = false, retryAfter?: string) =>
  problem(status, code, `${code}, said the service.`, retryable, retryAfter);

describe('posting', () => {
  test('a comment is pending until it is accepted, and then stands in the list', async () => {
    const { open, advance } = aBrowser();
    const { feed } = open();
    await advance(1_000);
    expect(await feed.post('  hello ')).toMatchObject({ ok: true });
    await advance(1);
    expect(posts(feed)).toMatchObject([
      { content: 'hello', status: 'pending', isSending: true, canEdit: false },
    ]);
    await advance(1_000);
    expect(posts(feed)).toEqual([]);
    expect(texts(feed)).toEqual(['hello']);
  });

  test('what can’t be sent by its nature is told before anything is stored', async () => {
    const { open } = aBrowser();
    const { feed } = open();
    expect(await feed.post(' \n ')).toEqual({ ok: false, reason: 'empty' });
    expect(await feed.post('x'.repeat(501))).toEqual({ ok: false, reason: 'too_long' });
    expect(await open(null).feed.post('hello')).toEqual({ ok: false, reason: 'signed_out' });
    expect(posts(feed)).toEqual([]);
  });

  test('without network ten wait; the eleventh is refused, so that its text stays in the box', async () => {
    const { server, open, advance } = aBrowser();
    const { tab, feed } = open();
    await advance(1_000);
    tab.setOnline(false);
    for (let number = 0; number < 10; number++)
      expect(await feed.post(`${number}`)).toMatchObject({ ok: true });
    expect(await feed.post('one too many')).toEqual({ ok: false, reason: 'full' });
    await advance(60_000);
    expect(posts(feed)).toHaveLength(10);
    tab.setOnline(true);
    await advance(5_000);
    expect(inLog(server)).toEqual(Array.from({ length: 10 }, (_, number) => String(number)));
    expect(posts(feed)).toEqual([]);
  });

  test('what waits outlives the page, and goes in order, each once', async () => {
    const { server, open, advance } = aBrowser();
    const before = open();
    await advance(1_000);
    before.tab.setOnline(false);
    for (const content of ['one', 'two', 'three']) await before.feed.post(content);
    await advance(15_000);
    before.tab.kill();
    const after = open();
    await advance(3_000);
    expect(inLog(server)).toEqual(['one', 'two', 'three']);
    expect(texts(after.feed)).toEqual(['one', 'two', 'three']);
    expect(posts(after.feed)).toEqual([]);
  });

  test('what waits may be changed and removed; what is sent may not', async () => {
    const { server, open, advance } = aBrowser();
    const { tab, feed } = open();
    await advance(1_000);
    tab.setOnline(false);
    for (const content of ['one', 'two']) await feed.post(content);
    const [one, two] = posts(feed);
    expect(await feed.editPost(one?.id ?? '', 'first')).toBe(true);
    expect(await feed.removePost(two?.id ?? '')).toBe(true);
    tab.setOnline(true);
    await advance(1);
    expect(posts(feed)).toMatchObject([{ content: 'first', isSending: true }]);
    expect(await feed.editPost(one?.id ?? '', 'too late')).toBe(false);
    expect(await feed.removePost(one?.id ?? '')).toBe(false);
    await advance(1_000);
    expect(inLog(server)).toEqual(['first']);
  });

  test('an answer that got lost is asked for again under the same key, and the comment stays one', async () => {
    const { server, open, advance } = aBrowser();
    const { feed } = open();
    await advance(1_000);
    server.misfortune = { ...server.misfortune, lostAnswer: 1 };
    await feed.post('hello');
    await advance(100);
    expect(posts(feed)).toMatchObject([
      { status: 'pending', canEdit: false, attempts: 1, reason: { code: 'UNREACHABLE' } },
    ]);
    server.misfortune = { ...server.misfortune, lostAnswer: 0 };
    await advance(10_000);
    expect(inLog(server)).toEqual(['hello']);
    expect(new Set(server.posts.map(({ key }) => key)).size).toBe(1);
    expect(server.posts).toHaveLength(2);
  });

  test('three tries without a word, and it fails; its author may try again under the same key', async () => {
    const { server, open, advance } = aBrowser();
    const { feed } = open();
    await advance(1_000);
    server.misfortune = { ...server.misfortune, unavailable: 1 };
    await feed.post('hello');
    await advance(60_000);
    expect(server.posts).toHaveLength(3);
    expect(posts(feed)).toMatchObject([{ status: 'failed', reason: { code: 'UNAVAILABLE' } }]);
    server.misfortune = { ...server.misfortune, unavailable: 0 };
    expect(await feed.retryPost(posts(feed)[0]?.id ?? '')).toBe(true);
    await advance(1_000);
    expect(inLog(server)).toEqual(['hello']);
    expect(new Set(server.posts.map(({ key }) => key)).size).toBe(1);
  });

  test('one that failed holds up none behind it', async () => {
    const { server, open, advance } = aBrowser();
    const { feed } = open();
    await advance(1_000);
    server.refusal = (content) => (content === 'bad' ? refusal(503, 'UNAVAILABLE', true, '1') : null);
    await feed.post('bad');
    await feed.post('good');
    await advance(60_000);
    expect(inLog(server)).toEqual(['good']);
    expect(posts(feed)).toMatchObject([{ content: 'bad', status: 'failed' }]);
  });

  test('in a tunnel tries don’t count; only after 5 minutes it is the author’s to decide', async () => {
    const { server, open, advance } = aBrowser();
    const { feed } = open();
    await advance(1_000);
    server.isAway = true;
    for (const line of server.lines) server.cutLine(line);
    await feed.post('from the tunnel');
    await advance(4 * 60_000);
    expect(posts(feed)).toMatchObject([{ status: 'pending', attempts: 0 }]);
    server.isAway = false;
    feed.retryNow();
    await advance(200);
    expect(inLog(server)).toEqual(['from the tunnel']);

    server.isAway = true;
    for (const line of server.lines) server.cutLine(line);
    await feed.post('from a long one');
    await advance(6 * 60_000);
    expect(posts(feed)).toMatchObject([{ content: 'from a long one', status: 'failed' }]);
    server.isAway = false;
    await advance(60_000);
    expect(inLog(server)).toEqual(['from the tunnel']);
    await feed.retryPost(posts(feed)[0]?.id ?? '');
    await advance(1_000);
    expect(inLog(server)).toEqual(['from the tunnel', 'from a long one']);
  });

  test('a rate limit is waited out, said until when, and released by itself, in order', async () => {
    const { server, open, advance } = aBrowser();
    const { tab, feed } = open();
    await advance(1_000);
    server.refusal = () => refusal(429, 'RATE_LIMITED', true, '12');
    await feed.post('one');
    await feed.post('two');
    await advance(1_000);
    const until = feed.store.getState().rateLimitedUntilMs ?? 0;
    expect(Math.round((until - tab.now()) / 1000)).toBe(11);
    expect(posts(feed)).toMatchObject([
      { content: 'one', status: 'rate_limited', attempts: 0, retryAtMs: until, canEdit: true },
      { content: 'two', status: 'pending' },
    ]);
    server.refusal = null;
    await advance(9_000);
    expect(inLog(server)).toEqual([]);
    await advance(4_000);
    expect(inLog(server)).toEqual(['one', 'two']);
    expect(feed.store.getState().rateLimitedUntilMs).toBeNull();
  });

  test.each([
    [400, 'CONTENT_INVALID'],
    [403, 'BANNED'],
    [409, 'STREAM_ENDED'],
    [422, 'CONTENT_VIOLATION'],
  ])('a refusal (%i %s) is told exactly, and the text stays to be changed', async (status, code) => {
    const { server, open, advance } = aBrowser();
    const { feed } = open();
    await advance(1_000);
    server.refusal = (content) => (content === 'good' ? null : refusal(status, code));
    await feed.post('bad');
    await advance(1_000);
    expect(posts(feed)).toMatchObject([
      {
        content: 'bad',
        status: 'rejected',
        canEdit: true,
        reason: { code, message: `${code}, said the service.` },
      },
    ]);
    expect(await feed.editPost(posts(feed)[0]?.id ?? '', 'good')).toBe(true);
    await advance(1_000);
    expect(inLog(server)).toEqual(['good']);
  });

  test('one that is held is said to be, also after a reload, and is none any more when it comes', async () => {
    const { server, open, advance } = aBrowser();
    const before = open();
    await advance(1_000);
    server.holds = true;
    await before.feed.post('hm');
    await advance(1_000);
    expect(posts(before.feed)).toMatchObject([{ content: 'hm', status: 'held', canEdit: false }]);
    expect(texts(before.feed)).toEqual([]);
    before.tab.kill();
    const { feed } = open();
    await advance(60_000);
    expect(posts(feed)).toMatchObject([{ content: 'hm', status: 'held' }]);
    server.approve([...server.held.keys()][0] ?? '');
    await advance(200);
    expect(posts(feed)).toEqual([]);
    expect(texts(feed)).toEqual(['hm']);
    expect(server.posts).toHaveLength(1);
  });

  test('one that a moderator refused says why, and may be changed and sent as another', async () => {
    const { server, open, advance } = aBrowser();
    const { feed } = open();
    await advance(1_000);
    server.holds = true;
    await feed.post('hm');
    await advance(1_000);
    for (const held of server.held.values()) Object.assign(held, { status: 'rejected', note: 'Be kind.' });
    await advance(maxHeldPollMs);
    expect(posts(feed)).toMatchObject([
      { status: 'rejected', canEdit: true, reason: { message: 'Be kind.' } },
    ]);
    server.holds = false;
    expect(await feed.editPost(posts(feed)[0]?.id ?? '', 'hello')).toBe(true);
    await advance(1_000);
    expect(texts(feed)).toEqual(['hello']);
    expect(new Set(server.posts.map(({ key }) => key)).size).toBe(2);
  });

  test('one that is held is decided the moment the service says so', async () => {
    const { server, open, advance } = aBrowser();
    const { feed, tab } = open();
    await advance(1_000);
    server.holds = true;
    await feed.post('one');
    await feed.post('two');
    await advance(1_000);
    const [first = '', second = ''] = [...server.held.keys()];
    const say = (commentId: string, status: 'approved' | 'rejected', note: string | null) =>
      tab.source.send({ type: 'comment_reviewed', payload: { streamId: 'demo', commentId, status, note } });
    say(first, 'rejected', 'Be kind.');
    say(second, 'approved', null);
    await quiet();
    expect(posts(feed)).toMatchObject([
      { content: 'one', status: 'rejected', reason: { message: 'Be kind.' } },
    ]);
  });

  test('what is held takes no room from what waits, is asked for ever more rarely, and can be put away', async () => {
    const { server, open, advance } = aBrowser();
    const { tab, feed } = open();
    await advance(1_000);
    server.holds = true;
    for (let number = 0; number < 12; number++) {
      await feed.post(`held ${number}`);
      await advance(500);
    }
    expect(posts(feed).map(({ content }) => content)).toEqual(
      Array.from({ length: 10 }, (_, index) => `held ${index + 2}`),
    );
    tab.setOnline(false);
    expect(await feed.post('one more')).toMatchObject({ ok: true });
    tab.setOnline(true);
    server.holds = false;
    await advance(3_000);
    const asked = () => server.requests.filter((request) => request.endsWith('/held')).length;
    await advance(10 * 60_000);
    const before = asked();
    await advance(10 * 60_000);
    expect(asked() - before).toBe(10);
    for (const { id } of posts(feed)) expect(await feed.removePost(id)).toBe(true);
    expect(posts(feed)).toEqual([]);
    await advance(10 * 60_000);
    expect(asked() - before).toBeLessThanOrEqual(11);
  });

  test('a session that is over keeps what is written until somebody signs in again as the same', async () => {
    const { server, open, advance } = aBrowser();
    const { feed } = open();
    await advance(1_000);
    server.refusal = () => refusal(401, 'UNAUTHORIZED');
    await feed.post('hello');
    await advance(60_000);
    expect(feed.store.getState().isSessionOver).toBe(true);
    expect(server.posts).toHaveLength(1);
    server.refusal = null;
    feed.setSession(aSession('grace'));
    await advance(5_000);
    expect(inLog(server)).toEqual([]);
    feed.setSession(aSession('ada'));
    await advance(5_000);
    expect(inLog(server)).toEqual(['hello']);
    expect(server.posts.every(({ authorization }) => authorization === 'Bearer token-of-ada')).toBe(true);
  });

  test('of several tabs one sends; what each wrote goes once, also when that one dies while sending', async () => {
    const { server, browser, open, advance } = aBrowser();
    const tabs = [open(), open(), open()];
    await advance(1_000);
    for (const { feed } of tabs) await feed.post('hello');
    await advance(5_000);
    expect(inLog(server)).toHaveLength(3);
    expect(server.posts).toHaveLength(3);

    await tabs[2]?.feed.post('last');
    await advance(25);
    tabs[0]?.tab.kill();
    await advance(10_000);
    expect(inLog(server)).toEqual(['hello', 'hello', 'hello', 'last']);
    expect(browser.tabs.filter(({ isDead }) => !isDead)).toHaveLength(2);
    for (const { feed } of tabs.slice(1)) {
      expect(posts(feed)).toEqual([]);
      expect(texts(feed)).toEqual(['hello', 'hello', 'hello', 'last']);
    }
  });

  test('a store that forgets what became of a post does not make it go again and again', async () => {
    const { server, browser, open, advance } = aBrowser();
    const update = browser.storage.update;
    browser.storage.update = async (id, change) =>
      update(id, (post) => (change(post) === null ? undefined : change(post)));
    const { feed } = open();
    await advance(1_000);
    await feed.post('hello');
    await advance(10_000);
    expect(inLog(server)).toEqual(['hello']);
    expect(server.posts.length).toBeLessThan(30);
  });

  test('another tab shows what waits here, and may remove it', async () => {
    const { server, open, advance } = aBrowser();
    const here = open();
    const there = open();
    await advance(1_000);
    here.tab.setOnline(false);
    there.tab.setOnline(false);
    await here.feed.post('one');
    await advance(10);
    expect(posts(there.feed)).toMatchObject([{ content: 'one', status: 'pending' }]);
    expect(await there.feed.removePost(posts(there.feed)[0]?.id ?? '')).toBe(true);
    await advance(10);
    expect(posts(here.feed)).toEqual([]);
    here.tab.setOnline(true);
    there.tab.setOnline(true);
    await advance(5_000);
    expect(inLog(server)).toEqual([]);
  });
});

describe('the store of posts', () => {
  const aPost = (id: string, order: number, more: Partial<StoredPost> = {}): StoredPost => ({
    id,
    key: id,
    group: 'g',
    order,
    content: id,
    parentId: null,
    mediaTimeMs: null,
    createdAt: 0,
    status: 'pending',
    isSending: false,
    mayHaveArrived: false,
    attempts: 0,
    reason: null,
    retryAtMs: null,
    ...more,
  });

  test('keeps each group’s posts in order over a reopening, up to a bound', async () => {
    const storage = openPostStorage();
    expect(await storage.add(aPost('b', 2), 2)).toBe(true);
    expect(await storage.add(aPost('a', 1), 2)).toBe(true);
    expect(await storage.add(aPost('c', 3), 2)).toBe(false);
    expect(await storage.add(aPost('d', 1, { group: 'other' }), 2)).toBe(true);
    const again = openPostStorage();
    expect((await again.list('g')).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(await again.update('a', (post) => ({ ...post, content: 'new' }))).toBe(true);
    expect(await again.update('b', () => null)).toBe(true);
    expect(await again.update('b', () => null)).toBe(false);
    expect(await again.update('a', () => undefined)).toBe(false);
    expect((await storage.list('g')).map(({ content }) => content)).toEqual(['new']);
    expect((await storage.list('other')).map(({ id }) => id)).toEqual(['d']);
  });

  test('of two that change a post at once, one sees what the other did', async () => {
    const storage = openPostStorage();
    await storage.add(aPost('x', 1, { group: 'race' }), 10);
    const claim = () =>
      openPostStorage().update('x', (post) => (post.isSending ? undefined : { ...post, isSending: true }));
    expect((await Promise.all([claim(), claim(), claim()])).filter(Boolean)).toHaveLength(1);
  });

  test('where the browser keeps nothing, memory does', async () => {
    const real = globalThis.indexedDB;
    Object.assign(globalThis, {
      indexedDB: {
        open: () => {
          throw new DOMException('not here', 'SecurityError');
        },
      },
    });
    try {
      const storage = openPostStorage();
      expect(await storage.add(aPost('m', 1), 1)).toBe(true);
      expect(await storage.list('g')).toHaveLength(1);
      expect(await storage.update('m', () => null)).toBe(true);
      expect(await storage.list('g')).toEqual([]);
    } finally {
      globalThis.indexedDB = real;
    }
  });
});
