import type { Comment, CommentsBatch, ServerMessage, Session } from '../protocol';

/** What the core's tests share: small, honest fakes of the browser, and data to feed it. */

export function aComment(id: number, more: Partial<Comment> = {}): Comment {
  return {
    id: String(id),
    streamId: 'demo',
    userId: 'u1',
    username: 'ada',
    avatarUrl: null,
    content: `comment ${id}`,
    parentId: null,
    mentions: [],
    isHighlighted: false,
    isPinned: false,
    isPaid: false,
    reactionCounts: {},
    createdAt: 1_700_000_000_000,
    mediaTimeMs: null,
    receivedAt: 1_700_000_000_000,
    ...more,
  };
}

export function aBatch(
  comments: Comment[],
  sequence: number,
  more: Partial<CommentsBatch> = {},
): ServerMessage {
  return {
    type: 'comments_batch',
    payload: {
      streamId: 'demo',
      comments,
      isBackfill: false,
      cursor: `1-${sequence}`,
      previousCursor: null,
      omitted: 0,
      ...more,
    },
  };
}

/** A small random generator that repeats itself for a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}

/** Seeds to test with: one from VITE_SEED to replay a failure, else fresh ones. */
export function seeds(count: number): number[] {
  const given = import.meta.env.VITE_SEED as string | undefined;
  if (given) return [Number(given)];
  return Array.from({ length: count }, () => Math.floor(Math.random() * 2 ** 31));
}

export function aSession(username: string): Session {
  return {
    token: `token-of-${username}`,
    expiresAt: '2100-01-01T00:00:00Z',
    user: { id: `id-${username}`, username, displayName: username, avatarUrl: null, role: 'user' },
  };
}
