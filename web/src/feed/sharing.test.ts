import { describe, expect, test } from 'vitest';
import { type Feed, type FeedOptions, openFeed } from './feed';
import { hiddenMs } from './sharing';
import { TestBrowser, type TestTab } from './testing/browser';
import { aSession } from './testing/data';
import { TestServer } from './testing/server';

function aBrowser() {
  const server = new TestServer();
  const browser = new TestBrowser(server);
  server.browser = browser;
  const open = (options: Partial<FeedOptions> = {}): { tab: TestTab; feed: Feed } => {
    const tab = browser.openTab();
    const feed = openFeed({ streamId: 'demo', environment: tab, latencySampleRate: 0, ...options });
    return { tab, feed };
  };
  return { server, browser, open, advance: (ms: number) => browser.clock.advance(ms) };
}

const texts = (feed: Feed) => feed.store.getState().entries.map(({ comment }) => comment.content);
const connection = (feed: Feed) => feed.store.getState().connection;

describe('tabs of one stream', () => {
  test('share one line, and all show everything', async () => {
    const { server, browser, open, advance } = aBrowser();
    server.add('before');
    const tabs = [open(), open(), open()];
    await advance(1_000);
    server.add('after');
    await advance(1_000);
    for (const { feed } of tabs) expect(texts(feed)).toEqual(['before', 'after']);
    expect(browser.open).toHaveLength(1);
    expect(tabs.map(({ feed }) => connection(feed).sharing)).toEqual(['leader', 'follower', 'follower']);
    expect(tabs.every(({ feed }) => connection(feed).name === 'open')).toBe(true);
  });

  test('one that comes later is shown what there is without a line of its own', async () => {
    const { server, browser, open, advance } = aBrowser();
    open();
    await advance(1_000);
    for (let number = 0; number < 80; number++) server.add(`comment ${number}`);
    await advance(1_000);
    const late = open();
    await advance(1_000);
    expect(texts(late.feed)).toHaveLength(80);
    expect(browser.open).toHaveLength(1);
  });

  test('when the one that holds the line dies another goes on, with nothing lost or twice', async () => {
    const { server, browser, open, advance } = aBrowser();
    const tabs = [open(), open(), open()];
    await advance(1_000);
    server.add('one');
    await advance(1_000);
    tabs[0]?.tab.kill();
    server.add('two');
    await advance(1_000);
    server.add('three');
    await advance(1_000);
    for (const { feed } of tabs.slice(1)) expect(texts(feed)).toEqual(['one', 'two', 'three']);
    expect(browser.open).toHaveLength(1);
    expect(browser.open[0]?.url).toMatch(/cursor=1-/);
  });

  test('of different users each has their own line', async () => {
    const { browser, open, advance } = aBrowser();
    open({ session: aSession('ada') });
    open({ session: aSession('ada') });
    open({ session: aSession('grace') });
    open();
    await advance(1_000);
    expect(browser.open).toHaveLength(3);
  });

  test('who signs in leaves the line of nobody, and goes on where it was', async () => {
    const { server, browser, open, advance } = aBrowser();
    const first = open();
    const second = open();
    await advance(1_000);
    server.add('one');
    await advance(1_000);
    first.feed.setSession(aSession('ada'));
    await advance(1_000);
    server.add('two');
    await advance(1_000);
    expect(texts(first.feed)).toEqual(['one', 'two']);
    expect(texts(second.feed)).toEqual(['one', 'two']);
    expect(browser.open.map((source) => source.url)).toEqual([
      expect.stringMatching(/cursor=1-\d+&ticket=/),
      expect.stringMatching(/cursor=1-\d+$/),
    ]);
  });

  test('one that holds the line but is stuck does not keep the others in the dark', async () => {
    const { server, browser, open, advance } = aBrowser();
    const stuck = open();
    await advance(1_000);
    stuck.tab.isStuck = true;
    const second = open();
    await advance(5_000);
    server.add('one');
    await advance(1_000);
    expect(texts(second.feed)).toEqual(['one']);
    expect(connection(second.feed).sharing).toBe('alone');
    stuck.tab.isStuck = false;
    server.add('two');
    await advance(1_000);
    server.add('three');
    await advance(1_000);
    expect(texts(second.feed)).toEqual(['one', 'two', 'three']);
    expect(browser.open).toHaveLength(1);
  });

  test('a follower that missed something notices, and is told', async () => {
    const { server, browser, open, advance } = aBrowser();
    open();
    const follower = open();
    await advance(1_000);
    server.add('one');
    await advance(1_000);
    follower.tab.isStuck = true;
    server.add('two');
    await advance(1_000);
    follower.tab.isStuck = false;
    server.random = () => 0.5;
    server.add('three');
    await advance(1_000);
    expect(texts(follower.feed)).toEqual(['one', 'two', 'three']);
    expect(browser.open).toHaveLength(1);
  });

  test('without locks each has its own line', async () => {
    const { browser, open, advance } = aBrowser();
    for (let count = 0; count < 2; count++) {
      const tab = browser.openTab();
      Object.assign(tab, { locks: null });
      open({ environment: tab });
    }
    await advance(1_000);
    expect(browser.open).toHaveLength(2);
  });

  test('when nobody has looked for minutes the line rests, and is back at a glance', async () => {
    const { server, browser, open, advance } = aBrowser();
    const tabs = [open(), open()];
    await advance(1_000);
    tabs[0]?.tab.setVisible(false);
    await advance(hiddenMs + 10_000);
    // The other one is looked at.
    expect(browser.open).toHaveLength(1);
    tabs[1]?.tab.setVisible(false);
    await advance(hiddenMs + 10_000);
    expect(browser.open).toHaveLength(1);
    await advance(hiddenMs + 10_000);
    expect(browser.open).toHaveLength(0);
    expect(tabs.map(({ feed }) => connection(feed).name)).toEqual(['paused', 'paused']);
    server.add('meanwhile');
    tabs[1]?.tab.setVisible(true);
    await advance(1_000);
    for (const { feed } of tabs) expect(texts(feed)).toEqual(['meanwhile']);
    expect(connection(tabs[1]?.feed as Feed).name).toBe('open');
  });

  test('a hidden one that loses the line hands it to one that is looked at', async () => {
    const { server, open, advance } = aBrowser();
    const tabs = [open(), open()];
    await advance(1_000);
    tabs[0]?.tab.setVisible(false);
    server.isAway = true;
    for (const line of server.lines) server.cutLine(line);
    await advance(500);
    server.isAway = false;
    await advance(10_000);
    expect(tabs.map(({ feed }) => connection(feed).sharing)).toEqual(['follower', 'leader']);
    server.add('one');
    await advance(1_000);
    for (const { feed } of tabs) expect(texts(feed)).toEqual(['one']);
  });

  test('a page that is put away for the back button gives the line up, and catches up when it is back', async () => {
    const { server, browser, open, advance } = aBrowser();
    const tabs = [open(), open()];
    await advance(1_000);
    tabs[0]?.tab.signal('suspend');
    server.add('meanwhile');
    await advance(1_000);
    expect(browser.open).toHaveLength(1);
    expect(texts(tabs[1]?.feed as Feed)).toEqual(['meanwhile']);
    tabs[0]?.tab.signal('resume');
    await advance(1_000);
    expect(texts(tabs[0]?.feed as Feed)).toEqual(['meanwhile']);
    expect(connection(tabs[0]?.feed as Feed)).toMatchObject({ name: 'open', sharing: 'follower' });
  });

  test('any of them can hurry the line', async () => {
    const { server, open, advance } = aBrowser();
    const tabs = [open(), open()];
    await advance(1_000);
    server.isAway = true;
    for (const line of server.lines) server.cutLine(line);
    await advance(120_000);
    server.isAway = false;
    expect(connection(tabs[1]?.feed as Feed).name).toBe('reconnecting');
    tabs[1]?.feed.retryNow();
    await advance(200);
    expect(connection(tabs[1]?.feed as Feed).name).toBe('open');
  });
});
