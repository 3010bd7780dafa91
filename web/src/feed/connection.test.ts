import { describe, expect, test } from 'vitest';
import {
  type ConnectionOptions,
  type GetTicket,
  type LineState,
  maxDelayMs,
  minDelayMs,
  openConnection,
  retryDelayMs,
} from './connection';
import type { ServerMessage } from './protocol';
import { quiet, TestBrowser, type TestNetwork } from './testing/browser';
import { aBatch, aComment } from './testing/data';
import type { TestEventSource, TestWebSocket } from './testing/sources';

async function connect(options: Partial<ConnectionOptions> = {}, network?: TestNetwork) {
  const browser = new TestBrowser(network);
  const tab = browser.openTab();
  const states: LineState[] = [];
  const messages: ServerMessage[] = [];
  const delays: number[] = [];
  let sessionsOver = 0;
  const connection = openConnection(
    { baseUrl: '', streamId: 'demo', transport: 'sse', cursor: null, getTicket: null, ...options },
    {
      onState: (state) => {
        states.push(state);
        if (state.retryAtMs !== null) delays.push(Math.round((state.retryAtMs - tab.now()) / 1000));
      },
      onMessage: (message) => {
        if (message) messages.push(message);
      },
      onSessionOver: () => sessionsOver++,
    },
    tab,
  );
  await quiet();
  const urls = () => tab.sources.map((source) => source.url);
  const advance = (ms: number) => browser.clock.advance(ms);
  const join = async (sequence = 41) => {
    await quiet();
    tab.source.accept();
    tab.source.send(aBatch([aComment(1)], sequence), `1-${sequence}`);
  };
  return {
    browser,
    tab,
    connection,
    states,
    messages,
    urls,
    advance,
    join,
    delays: () => delays,
    names: () => states.map(({ name }) => name),
    sessionsOver: () => sessionsOver,
  };
}

describe('connection', () => {
  test('the first connection asks for no place, and is open with its first message', async () => {
    const { urls, tab, names, join } = await connect();
    expect(urls()).toEqual(['/live/streams/demo/events']);
    tab.source.accept();
    expect(names()).toEqual(['connecting']);
    await join();
    expect(names()).toEqual(['connecting', 'open']);
  });

  test('with tickets each connection has a new one, and one that is not to be had is no obstacle', async () => {
    const tickets: (string | null | Error)[] = ['first', null, new Error('no answer')];
    const getTicket: GetTicket = async () => {
      const ticket = tickets.shift();
      if (ticket instanceof Error) throw ticket;
      return ticket ?? null;
    };
    const { tab, urls, join, advance } = await connect({ getTicket });
    for (let connections = 1; connections <= 3; connections++) {
      expect(tab.sources).toHaveLength(connections);
      await join();
      await advance(10_000);
      tab.source.fail();
      await advance(2_000);
    }
    expect(urls().slice(0, 3)).toEqual([
      '/live/streams/demo/events?ticket=first',
      '/live/streams/demo/events?cursor=1-41',
      '/live/streams/demo/events?cursor=1-41',
    ]);
  });

  test('a session that is over is told once for each attempt, and nobody may still watch', async () => {
    const { urls, sessionsOver } = await connect({ getTicket: async () => 'over' });
    expect(sessionsOver()).toBe(1);
    expect(urls()).toEqual(['/live/streams/demo/events']);
  });

  test('a broken line is left to the browser once, which resumes by itself', async () => {
    const { tab, names, join } = await connect();
    await join();
    tab.source.drop();
    tab.source.accept();
    expect(names()).toEqual(['connecting', 'open', 'reconnecting', 'open']);
    expect(tab.sources).toHaveLength(1);
  });

  test('whoever came by a ticket comes back by a new one, and not by a cookie that may be another’s', async () => {
    const tickets = ['first', 'second'];
    const { tab, urls, join, advance } = await connect({ getTicket: async () => tickets.shift() ?? null });
    await join();
    tab.source.drop();
    expect(tab.source.readyState).toBe(2);
    await advance(2_000);
    expect(urls()).toEqual([
      '/live/streams/demo/events?ticket=first',
      '/live/streams/demo/events?cursor=1-41&ticket=second',
    ]);
  });

  test('when the browser’s own try fails, too, we slow down', async () => {
    const { tab, states, join, urls, advance } = await connect();
    await join();
    tab.source.drop();
    tab.source.drop();
    expect(states.at(-1)?.retryAtMs).toBe(tab.now() + 1_500);
    await advance(1_500);
    expect(urls()).toEqual(['/live/streams/demo/events', '/live/streams/demo/events?cursor=1-41']);
  });

  test.each(['sse', 'websocket'] as const)(
    'who is banned is told why, and does not come back by itself, by whatever happens: %s',
    async (transport) => {
      const { tab, connection, states, advance } = await connect({ transport });
      const lines = () => tab.sources.length;
      if (transport === 'sse') {
        tab.source.accept();
        tab.source.send(aBatch([aComment(1)], 41), '1-41');
        tab.source.sendError('BANNED');
        tab.source.drop();
      } else {
        tab.socket.accept();
        tab.socket.send(aBatch([aComment(1)], 41), '1-41');
        tab.socket.sendText(
          '{"type":"error","payload":{"code":"BANNED","message":"BANNED","retryable":false}}',
        );
        tab.socket.fail(4503);
      }
      expect(states.at(-1)).toMatchObject({ name: 'banned', message: 'BANNED' });
      tab.setOnline(false);
      tab.setOnline(true);
      connection.check();
      connection.setPaused(true);
      connection.setPaused(false);
      await advance(10 * maxDelayMs);
      expect(lines()).toBe(1);
      expect(states.at(-1)?.name).toBe('banned');
      connection.retryNow();
      await quiet();
      expect(lines()).toBe(2);
    },
  );

  test('who gets no ticket because of a ban does not come as nobody', async () => {
    const { tab, states, advance } = await connect({ getTicket: async () => ({ bannedFor: 'rude' }) });
    await advance(10 * maxDelayMs);
    expect(tab.sources).toHaveLength(0);
    expect(states.at(-1)).toMatchObject({ name: 'banned', message: 'rude' });
  });

  test('who is told that its token has expired does not come back under it', async () => {
    const { tab, join, urls, advance } = await connect();
    await join();
    tab.source.sendError('TOKEN_EXPIRED');
    tab.source.drop();
    await advance(2_000);
    expect(urls()).toHaveLength(2);
  });

  test('when the browser gives up, another connection resumes at the last cursor after a delay', async () => {
    const { tab, states, urls, join, advance } = await connect();
    await join();
    tab.source.send({ type: 'viewer_count', payload: { streamId: 'demo', count: 3 } }, '1-42');
    tab.source.fail();
    expect(states.at(-1)).toEqual({
      name: 'reconnecting',
      transport: 'sse',
      retryAtMs: tab.now() + 1_500,
    });
    await advance(1_500);
    expect(urls()).toEqual(['/live/streams/demo/events', '/live/streams/demo/events?cursor=1-42']);
  });

  test('delays grow from 1 s to 30 s, spread at random, and start again after a line that held', async () => {
    let works = false;
    const { browser, tab, delays, join, advance } = await connect(
      {},
      {
        connect: (source) => void Promise.resolve().then(() => works || source.fail()),
        fetch: () => Promise.reject(new TypeError('no network')),
      },
    );
    browser.randomValue = () => 0.999_999;
    await advance(150_000);
    expect(delays().slice(1, 8)).toEqual([4, 8, 16, 30, 30, 30, 30]);
    works = true;
    const before = tab.sources.length;
    while (tab.sources.length === before) await advance(1_000);
    await join();
    await advance(6_000);
    tab.source.fail();
    expect(delays().at(-1)).toBe(2);
    for (let failures = 1; failures < 2000; failures++) {
      const delayMs = retryDelayMs(failures, Math.random());
      expect(delayMs).toBeGreaterThanOrEqual(minDelayMs);
      expect(delayMs).toBeLessThanOrEqual(maxDelayMs);
    }
  });

  test('after a reset the old place is not asked for again', async () => {
    const { tab, urls, join, advance } = await connect();
    await join();
    tab.source.send({ type: 'reset', payload: { streamId: 'demo', reason: 'new_epoch' } }, '1-41');
    tab.source.fail();
    await advance(2_000);
    expect(urls().at(-1)).toBe('/live/streams/demo/events');
  });

  test('retrying now skips the delay, and the delay then opens no second connection', async () => {
    const { tab, connection, advance } = await connect();
    tab.source.fail();
    connection.retryNow();
    await advance(5_000);
    connection.retryNow();
    expect(tab.sources).toHaveLength(2);
  });

  test('once closed it says and opens nothing more', async () => {
    const { tab, connection, names, advance } = await connect();
    tab.source.fail();
    connection.close();
    await advance(60_000);
    tab.source.send(aBatch([aComment(1)], 1));
    expect(names()).toEqual(['connecting', 'reconnecting', 'closed']);
    expect(tab.sources).toHaveLength(1);
  });

  test('what it doesn’t understand is passed over, but its place is kept', async () => {
    const { tab, messages, urls, advance } = await connect();
    tab.source.accept();
    tab.source.dispatchEvent(
      new MessageEvent('comments_batch', { data: '{"type":"comments_batch"', lastEventId: '1-9' }),
    );
    tab.source.send(aBatch([aComment(1)], 1, { cursor: 'nonsense' }));
    expect(messages).toEqual([]);
    tab.source.fail();
    await advance(2_000);
    expect(urls().at(-1)).toBe('/live/streams/demo/events?cursor=1-9');
  });

  test('without network nothing is tried, and with it at once', async () => {
    const { tab, names, join, advance } = await connect();
    await join();
    tab.setOnline(false);
    await advance(120_000);
    expect(names().at(-1)).toBe('offline');
    expect(tab.sources).toHaveLength(1);
    tab.setOnline(true);
    await quiet();
    expect(tab.sources).toHaveLength(2);
    expect(tab.source.url).toBe('/live/streams/demo/events?cursor=1-41');
  });

  test('while paused there is no line; it goes on where it was', async () => {
    const { browser, tab, names, connection, join, advance } = await connect();
    await join();
    connection.setPaused(true);
    await advance(600_000);
    expect(names().at(-1)).toBe('paused');
    expect(browser.open).toEqual([]);
    connection.setPaused(false);
    await quiet();
    expect(tab.source.url).toBe('/live/streams/demo/events?cursor=1-41');
  });
});

describe('transports', () => {
  const poll = (messages: unknown[], cursor: string) => new Response(JSON.stringify({ messages, cursor }));

  test('a WebSocket that can’t be had twice gives way to events, these to polls, and then it is tried afresh', async () => {
    const { tab, states, urls, advance } = await connect({ transport: 'websocket' });
    for (let failure = 0; failure < 4; failure++) {
      tab.source.fail();
      await advance(30_000);
    }
    const tried = urls().map((url) => url.replace('/live', ''));
    expect(tried.slice(0, 5)).toEqual([
      '/streams/demo/ws',
      '/streams/demo/ws',
      '/streams/demo/events',
      '/streams/demo/events',
      '/streams/demo/ws',
    ]);
    expect(states.map(({ transport }) => transport)).toContain('poll');
  });

  test('messages over a WebSocket carry their cursor, and it resumes there', async () => {
    const { tab, urls, names, messages, advance } = await connect({ transport: 'websocket' });
    expect(tab.socket.protocol).toBe('livecomments.v1.json');
    tab.socket.accept();
    tab.socket.send(aBatch([aComment(1)], 41), '1-41');
    tab.socket.sendText('{"type":"cursor_moved","payload":{"streamId":"demo"},"cursor":"1-50"}');
    tab.socket.sendText('nonsense');
    expect(messages).toHaveLength(1);
    tab.socket.fail(4000);
    expect(names().at(-1)).toBe('reconnecting');
    await advance(2_000);
    expect(urls().at(-1)).toMatch(/\/live\/streams\/demo\/ws\?cursor=1-50$/);
  });

  test('a WebSocket that asks not to come back is left for another transport', async () => {
    const { tab, urls, advance } = await connect({ transport: 'websocket' });
    tab.socket.accept();
    tab.socket.send(aBatch([aComment(1)], 41), '1-41');
    tab.socket.fail(4500);
    await advance(2_000);
    expect(urls().at(-1)).toBe('/live/streams/demo/events?cursor=1-41');
  });

  test('where no stream of events comes through, polls do, each from where the last one ended', async () => {
    const asked: string[] = [];
    let next = 0;
    const { tab, messages, states, advance } = await connect(
      {},
      {
        connect: (source) => void Promise.resolve().then(() => source.fail()),
        fetch: async (address) => {
          asked.push(address);
          next++;
          if (next > 3) return new Promise(() => {});
          return poll([{ ...aBatch([aComment(next)], next), cursor: `1-${next}` }], `1-${next}0`);
        },
      },
    );
    await advance(10_000);
    expect(asked).toEqual([
      '/live/streams/demo/events?wait=0',
      '/live/streams/demo/events?cursor=1-10&wait=25',
      '/live/streams/demo/events?cursor=1-20&wait=25',
      '/live/streams/demo/events?cursor=1-30&wait=25',
    ]);
    expect(messages).toHaveLength(3);
    expect(states.at(-1)).toEqual({ name: 'open', transport: 'poll', retryAtMs: null });
    expect(tab.sources).toHaveLength(2);
  });

  test('polls say who asks by the token itself', async () => {
    const seen: (string | null)[] = [];
    const { advance } = await connect(
      { transport: 'poll', getTicket: async () => 'one', getToken: () => 'secret' },
      {
        connect: () => {},
        fetch: async (address, init) => {
          seen.push(`${new Headers(init?.headers).get('authorization')} ${address.replace(/.*\?/, '')}`);
          return seen.length > 2
            ? new Promise(() => {})
            : poll([aBatch([aComment(1)], 1)], `1-${seen.length}`);
        },
      },
    );
    await advance(1_000);
    expect(seen).toEqual([
      'Bearer secret ticket=one&wait=0',
      'Bearer secret cursor=1-1&wait=25',
      'Bearer secret cursor=1-2&wait=25',
    ]);
  });

  test('a proxy that gathers events up is not mistaken for a line', async () => {
    const { tab, states, advance } = await connect();
    for (let attempt = 0; attempt < 2; attempt++) {
      tab.source.accept();
      await advance(13_000);
    }
    expect(states.at(-1)?.transport).toBe('poll');
  });

  test('while a lesser transport works the best one is tried now and then, and taken when it works', async () => {
    let works = false;
    const { tab, messages, states, advance } = await connect(
      {},
      {
        connect: (source) => void Promise.resolve().then(() => works || source.fail()),
        fetch: async (address) =>
          address.includes('wait=0')
            ? poll([{ ...aBatch([aComment(1)], 5), cursor: '1-5' }], '1-5')
            : new Promise(() => {}),
      },
    );
    await advance(30_000);
    expect(states.at(-1)).toMatchObject({ name: 'open', transport: 'poll' });
    const before = tab.sources.length;
    await advance(60_000);
    expect(tab.sources.length).toBe(before + 1);
    works = true;
    for (let second = 0; tab.sources.length === before + 1 && second < 200; second++) await advance(1_000);
    // From before the last message, so that there is one to tell that the line is good.
    expect(tab.source.url).toBe('/live/streams/demo/events');
    tab.source.accept();
    expect(states.at(-1)).toMatchObject({ name: 'open', transport: 'poll' });
    tab.source.send(aBatch([aComment(1), aComment(2)], 6), '1-6');
    expect(states.at(-1)).toMatchObject({ name: 'open', transport: 'sse' });
    expect(messages).toHaveLength(2);
  });

  test('a line that is silent because it is dead is found out by a question, and one in a quiet stream is kept', async () => {
    let there = '1-41';
    const { tab, join, advance } = await connect(
      {},
      {
        connect: () => {},
        fetch: async (address) =>
          !address.includes('wait=0')
            ? new Promise(() => {})
            : poll(there === '1-41' ? [] : [{ ...aBatch([aComment(2)], 42), cursor: '1-42' }], there),
      },
    );
    await join();
    await advance(200_000);
    expect(tab.sources).toHaveLength(1);
    there = '1-42';
    await advance(60_000);
    expect((tab.sources[1] as TestEventSource | TestWebSocket).url).toBe(
      '/live/streams/demo/events?cursor=1-41',
    );
  });
});
