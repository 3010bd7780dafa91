import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Session } from '../feed';
import { openDeskApi } from './deskApi';

const session = { token: 'a token', user: { id: 'root', role: 'admin' } } as Session;

interface Asked {
  readonly method: string;
  readonly address: URL;
  readonly body: unknown;
}

/** A service that answers by what it is asked, and remembers that. */
function serve(answer: (asked: Asked) => unknown): Asked[] {
  const all: Asked[] = [];
  vi.stubGlobal('fetch', async (input: string | URL, init?: RequestInit) => {
    const asked = {
      method: init?.method ?? 'GET',
      address: new URL(input, 'https://service.example'),
      body: init?.body ? JSON.parse(String(init.body)) : null,
    };
    all.push(asked);
    const body = answer(asked);
    return body === null
      ? new Response(null, { status: 204 })
      : new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
  });
  return all;
}

const queued = (id: string) => ({ comment: { id, streamId: 'harbour' } });

afterEach(() => vi.unstubAllGlobals());

describe('what waits on all streams', () => {
  it('is read page by page into one list, and no further than was wished', async () => {
    const pages: Record<string, unknown> = {
      start: { comments: [queued('1'), queued('2')], next: '1-2' },
      '1-2': { comments: [queued('3')], next: '1-3' },
      '1-3': { comments: [queued('4')], next: null },
    };
    const asked = serve(({ address }) => pages[address.searchParams.get('cursor') ?? 'start']);
    const api = openDeskApi(session, null);
    for (const [wished, ids, next] of [
      [1, '12', '1-2'],
      [2, '123', '1-3'],
      [9, '1234', null],
    ] as const) {
      const answer = await api.queue(wished);
      expect(answer.ok && answer.value.comments.map(({ comment }) => comment.id).join('')).toBe(ids);
      expect(answer.ok && answer.value.next).toBe(next);
    }
    expect(new Set(asked.map(({ address }) => address.pathname))).toEqual(new Set(['/api/moderation/queue']));
  });

  it('is decided about, given back and brought back at the stream of each comment', async () => {
    const asked = serve(() => null);
    const api = openDeskApi(session, null);
    const comment = { id: '7', streamId: 'harbour' };
    await api.decide(comment, 'approve');
    await api.decide(comment, 'keep');
    await api.decide(comment, 'delete', 'rude');
    await api.release(comment);
    await api.unhide(comment);
    const desk = '/api/streams/harbour/moderation';
    expect(asked.map(({ method, address }) => `${method} ${address.pathname}`)).toEqual([
      `POST ${desk}/queue/7/approve`,
      `POST ${desk}/reports/7/keep`,
      `POST ${desk}/comments/7/delete`,
      `POST ${desk}/queue/7/release`,
      `POST ${desk}/comments/7/unhide`,
    ]);
    expect(asked[2]?.body).toEqual({ reason: 'rude' });
  });

  it('is taken without what one left to others', async () => {
    const asked = serve(() => ({ comments: [] }));
    await openDeskApi(session, null).claim(['3', '4']);
    expect(asked[0]?.address.pathname).toBe('/api/moderation/queue/claim');
    expect(asked[0]?.body).toEqual({ count: 3, except: ['3', '4'] });
  });

  it('is unreachable as a whole when a later page is', async () => {
    serve(({ address }) => {
      if (address.searchParams.has('cursor')) throw new TypeError('cut');
      return { comments: [queued('1')], next: '1-1' };
    });
    expect((await openDeskApi(session, null).reports(2)).ok).toBe(false);
  });
});
