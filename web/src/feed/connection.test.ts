import { describe, expect, test, vi } from 'vitest';
import { type ConnectionState, maxDelayMs, minDelayMs, openConnection, retryDelayMs } from './connection';
import type { ServerMessage } from './protocol';
import { aBatch, aComment, TestEnvironment } from './testing';

function connect() {
  const browser = new TestEnvironment();
  const states: ConnectionState[] = [];
  const messages: ServerMessage[] = [];
  const connection = openConnection(
    'demo',
    { onState: (state) => states.push(state), onMessage: (message) => messages.push(message) },
    browser,
  );
  return { browser, connection, states, messages };
}

describe('connection', () => {
  test('the first connection asks for no place', () => {
    expect(connect().browser.source.url).toBe('/live/streams/demo/events');
  });

  test('with tickets each connection that we open has a new one, and one that is not to be had is no obstacle', async () => {
    const browser = new TestEnvironment();
    const tickets = ['first', null, new Error('no answer')];
    const nextTicket = async () => {
      const ticket = tickets.shift();
      if (ticket instanceof Error) throw ticket;
      return ticket ?? null;
    };
    openConnection('demo', { onState: () => {}, onMessage: () => {} }, browser, nextTicket);
    for (let connections = 1; connections <= 3; connections++) {
      await vi.waitFor(() => expect(browser.sources).toHaveLength(connections));
      browser.source.accept();
      browser.source.send(aBatch([aComment(1)], 41), '1-41');
      browser.source.fail();
      browser.runTimers();
    }
    expect(browser.sources.map((source) => source.url)).toEqual([
      '/live/streams/demo/events?ticket=first',
      '/live/streams/demo/events?cursor=1-41',
      '/live/streams/demo/events?cursor=1-41',
    ]);
  });

  test('a broken line is left to the browser, which resumes by itself', () => {
    const { browser, states } = connect();
    browser.source.accept();
    browser.source.drop();
    browser.source.accept();
    expect(states.map((state) => state.name)).toEqual(['open', 'reconnecting', 'open']);
    expect(browser.sources).toHaveLength(1);
    expect(browser.timers).toHaveLength(0);
  });

  test('when the browser gives up, another connection resumes at the last cursor after a delay', () => {
    const { browser, states } = connect();
    browser.source.accept();
    browser.source.send(aBatch([aComment(1)], 41), '1-41');
    browser.source.send({ type: 'viewer_count', payload: { streamId: 'demo', count: 3 } }, '1-42');
    browser.source.fail();
    expect(states.at(-1)).toEqual({ name: 'reconnecting', delayMs: 1_500 });
    browser.runTimers();
    expect(browser.sources.map((source) => source.url)).toEqual([
      '/live/streams/demo/events',
      '/live/streams/demo/events?cursor=1-42',
    ]);
  });

  test('delays grow from 1 s to 30 s, spread at random, and start again after a success', () => {
    const { browser } = connect();
    browser.randomValue = 0.999_999;
    const delays = () => Math.round((browser.timers.at(-1)?.delayMs ?? 0) / 1000);
    const seen: number[] = [];
    for (let attempt = 0; attempt < 7; attempt++) {
      browser.source.fail();
      seen.push(delays());
      browser.runTimers();
    }
    expect(seen).toEqual([2, 4, 8, 16, 30, 30, 30]);
    browser.source.accept();
    browser.source.fail();
    expect(delays()).toBe(2);
    for (let failures = 1; failures < 2000; failures++) {
      const delayMs = retryDelayMs(failures, Math.random());
      expect(delayMs).toBeGreaterThanOrEqual(minDelayMs);
      expect(delayMs).toBeLessThanOrEqual(maxDelayMs);
    }
  });

  test('after a reset the old place is not asked for again', () => {
    const { browser } = connect();
    browser.source.accept();
    browser.source.send(aBatch([aComment(1)], 41), '1-41');
    browser.source.send({ type: 'reset', payload: { streamId: 'demo', reason: 'new_epoch' } }, '1-41');
    browser.source.fail();
    browser.runTimers();
    expect(browser.source.url).toBe('/live/streams/demo/events');
  });

  test('retrying now skips the delay, and the delay then opens no second connection', () => {
    const { browser, connection } = connect();
    browser.source.fail();
    connection.retryNow();
    browser.runTimers();
    connection.retryNow();
    expect(browser.sources).toHaveLength(2);
  });

  test('once closed it says and opens nothing more', () => {
    const { browser, connection, states } = connect();
    browser.source.fail();
    connection.close();
    browser.runTimers();
    browser.source.send(aBatch([aComment(1)], 1));
    expect(states.map((state) => state.name)).toEqual(['reconnecting', 'closed']);
    expect(browser.sources).toHaveLength(1);
  });

  test('what it doesn’t understand is passed over, but its place is kept', () => {
    const { browser, messages } = connect();
    browser.source.accept();
    browser.source.dispatchEvent(
      new MessageEvent('comments_batch', { data: '{"type":"comments_batch"', lastEventId: '1-9' }),
    );
    browser.source.send(aBatch([aComment(1)], 1, { cursor: 'nonsense' }));
    expect(messages).toEqual([]);
    browser.source.fail();
    browser.runTimers();
    expect(browser.source.url).toBe('/live/streams/demo/events?cursor=1-9');
  });
});
