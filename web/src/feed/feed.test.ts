import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Feed, type FeedOptions, openFeed } from './feed';
import { TestBrowser, type TestTab } from './testing/browser';
import { aSession, randomFrom, seeds } from './testing/data';
import { noMisfortune, TestServer } from './testing/server';

/** One life of several tabs: what happens, one after the other. */
const happening = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ what: fc.constant('comment' as const), count: fc.integer({ min: 1, max: 12 }) }),
  },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('post' as const), tab: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('cut' as const), line: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('open' as const), user: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('kill' as const), tab: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('put away' as const), tab: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('hide or show' as const), tab: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constant('network' as const), isOnline: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('service' as const), isAway: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('luck' as const), isBad: fc.boolean() }) },
);

const life = fc.array(fc.tuple(happening, fc.nat(4_000)), { minLength: 10, maxLength: 40 });

const users = [null, aSession('ada'), aSession('grace')];

describe('feed', () => {
  test.each(seeds(3))(
    'whatever happens, every tab ends with the log’s end, and every post is there once: seed %i',
    async (seed) => {
      await fc.assert(fc.asyncProperty(life, fc.nat(), fc.constantFrom('sse', 'websocket'), liveThrough), {
        seed,
        numRuns: 40,
        endOnFailure: true,
      });
    },
    60_000,
  );
});

describe('a stream', () => {
  const aFeed = (more: Partial<FeedOptions> = {}) => {
    const server = new TestServer();
    const browser = new TestBrowser(server);
    server.browser = browser;
    const tab = browser.openTab();
    const open = () =>
      openFeed({
        streamId: 'demo',
        environment: tab,
        session: aSession('ada'),
        latencySampleRate: 0,
        ...more,
      });
    return { server, tab, open, advance: (ms: number) => browser.clock.advance(ms) };
  };

  test('that can’t be looked up yet is looked up again', async () => {
    const { server, open, advance } = aFeed();
    server.isAway = true;
    const feed = open();
    await advance(1_000);
    expect(feed.store.getState().lookup).toBe('unreachable');
    server.isAway = false;
    await advance(10_000);
    expect(feed.store.getState()).toMatchObject({ lookup: 'found', stream: { title: 'Demo' } });
  });

  test('is read back page by page to its beginning, without a hole or a repetition', async () => {
    const { server, open, advance } = aFeed();
    for (let number = 0; number < 173; number++) server.add(`comment ${number}`);
    const feed = open();
    await advance(1_000);
    expect(feed.store.getState().entries).toHaveLength(50);
    feed.atEnd(false);
    for (let page = 0; page < 10 && feed.store.getState().older === 'more'; page++) {
      const loading = feed.loadOlder();
      server.add('meanwhile');
      await advance(1_000);
      await loading;
    }
    expect(feed.store.getState().older).toBe('none');
    expect(feed.store.getState().entries.map(({ comment }) => comment.content)).toEqual(
      server.log.map(({ comment }) => comment.content),
    );
  });

  test('shows what is pinned from the beginning, and what is pinned later though it was written long before', async () => {
    const { server, open, advance } = aFeed();
    server.pinned = server.add('the rules');
    for (let number = 0; number < 60; number++) server.add('more');
    const feed = open();
    await advance(1_000);
    expect(feed.store.getState().pinned?.content).toBe('the rules');
    const old = server.log[3]?.comment;
    if (!old) throw new Error('no comment');
    server.pinned = old;
    server.tell({
      type: 'comment_updated',
      payload: { streamId: 'demo', commentId: old.id, reactionChanges: {}, isPinned: true },
    });
    await advance(3_000);
    expect(feed.store.getState().pinned?.id).toBe(old.id);
  });

  test('says what this user may do there, and nothing of it to another', async () => {
    const { server, open, advance } = aFeed();
    server.rights = { mayModerate: true, mayAppoint: false };
    const feed = open();
    await advance(1_000);
    expect(feed.store.getState().rights).toEqual({ mayModerate: true, mayAppoint: false });
    server.rights = { mayModerate: false, mayAppoint: false };
    feed.setSession(aSession('grace'));
    expect(feed.store.getState().rights).toBeNull();
    await advance(3_000);
    expect(feed.store.getState().rights).toBeNull();
    feed.setSession(null);
    const asked = server.requests.filter((request) => request.endsWith('/me')).length;
    await advance(3_000);
    expect(server.requests.filter((request) => request.endsWith('/me'))).toHaveLength(asked);
  });

  test('once closed does nothing more, whatever it is asked', async () => {
    const { server, open, advance } = aFeed();
    const feed = open();
    await advance(1_000);
    feed.close();
    const asked = server.requests.length;
    feed.close();
    feed.setSession(aSession('grace'));
    feed.retryNow();
    feed.react('like');
    await feed.loadOlder();
    expect(await feed.removePost('x')).toBe(false);
    await advance(600_000);
    expect(server.requests.length).toBe(asked);
    expect(feed.store.getState().connection.name).toBe('closed');
  });
});

async function liveThrough(
  happenings: readonly (readonly [typeof happening extends fc.Arbitrary<infer T> ? T : never, number])[],
  luck: number,
  transport: NonNullable<FeedOptions['transport']>,
) {
  const random = randomFrom(luck);
  const server = new TestServer();
  const browser = new TestBrowser(server);
  server.browser = browser;
  server.random = browser.randomValue = random;
  server.wayMs = () => 5 + random() * 100;
  const written: string[] = [];
  let tabs: { tab: TestTab; feed: Feed; isAway: boolean }[] = [];
  let isOnline = true;
  const open = (user: number) => {
    const tab = browser.openTab();
    tab.isOnline = isOnline;
    const session = users[user] ?? null;
    const feed = openFeed({ streamId: 'demo', environment: tab, session, transport, latencySampleRate: 0 });
    tabs.push({ tab, feed, isAway: false });
  };
  const one = (index: number) => tabs[index % Math.max(1, tabs.length)];

  open(1);
  open(1);
  for (const [event, pause] of happenings) {
    const chosen = 'tab' in event ? one(event.tab) : undefined;
    switch (event.what) {
      case 'comment':
        for (let count = 0; count < event.count; count++) server.add(`of others ${server.log.length}`);
        break;
      case 'post': {
        const content = `own ${written.length}`;
        // A page that is put away runs nothing.
        if (chosen && !chosen.isAway && (await chosen.feed.post(content)).ok) written.push(content);
        break;
      }
      case 'cut': {
        const line = server.lines.filter((source) => source.isOpen)[event.line];
        if (line) server.cutLine(line);
        break;
      }
      case 'open':
        if (tabs.length < 5) open(event.user);
        break;
      case 'kill':
        chosen?.tab.kill();
        tabs = tabs.filter(({ tab }) => !tab.isDead);
        break;
      case 'put away':
        if (!chosen) break;
        chosen.isAway = !chosen.isAway;
        chosen.tab.signal(chosen.isAway ? 'suspend' : 'resume');
        break;
      case 'hide or show':
        chosen?.tab.setVisible(!chosen.tab.isVisible);
        break;
      case 'network':
        isOnline = event.isOnline;
        for (const { tab } of tabs) tab.setOnline(isOnline);
        break;
      case 'service':
        server.isAway = event.isAway;
        if (event.isAway) for (const line of server.lines) server.cutLine(line);
        break;
      case 'luck':
        server.misfortune = event.isBad
          ? { lostRequest: 0.15, lostAnswer: 0.15, unavailable: 0.1, rateLimited: 0.1 }
          : noMisfortune;
    }
    await browser.clock.advance(pause);
  }

  // Calm again: all is well, somebody looks, and whatever was written gets its time.
  server.misfortune = noMisfortune;
  server.isAway = false;
  for (const user of [0, 1, 2]) open(user);
  for (const each of tabs) {
    each.tab.setVisible(true);
    if (each.isAway) each.tab.signal('resume');
    each.tab.setOnline(true);
  }
  for (let round = 0; round < 3; round++) {
    await browser.clock.advance(60_000);
    for (const { feed } of tabs)
      for (const post of feed.store.getState().posts)
        if (post.status === 'failed') await feed.retryPost(post.id);
  }
  server.add('the last');
  await browser.clock.advance(5_000);

  const log = server.log.map(({ comment }) => comment.content);
  for (const { feed } of tabs) {
    const state = feed.store.getState();
    const shown = state.entries.map(({ comment }) => comment.content);
    expect(shown).toEqual(log.slice(-shown.length));
    expect(shown.length).toBeGreaterThanOrEqual(Math.min(50, log.length));
    expect(state.posts).toEqual([]);
    expect(state.connection.name).toBe('open');
  }
  expect(log.filter((content) => content.startsWith('own ')).sort(byNumber)).toEqual(written);
  // One line for each who watches, however many tabs.
  expect(browser.open).toHaveLength(3);
}

function byNumber(a: string, b: string): number {
  return Number(a.slice(4)) - Number(b.slice(4));
}
