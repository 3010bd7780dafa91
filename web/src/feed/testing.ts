import type { ConnectionEnvironment } from './connection';
import type { Comment, CommentsBatch, ServerMessage } from './protocol';

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

/** An EventSource whose server is the test. */
export class TestEventSource extends EventTarget {
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(readonly url: string) {
    super();
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  send(message: ServerMessage, lastEventId = ''): void {
    this.dispatchEvent(new MessageEvent(message.type, { data: JSON.stringify(message), lastEventId }));
  }

  /** The line broke: the browser reconnects by itself. */
  drop(): void {
    this.readyState = 0;
    this.onerror?.();
  }

  /** An HTTP error: the browser gives up. */
  fail(): void {
    this.readyState = 2;
    this.onerror?.();
  }

  close(): void {
    this.readyState = 2;
  }
}

/** A browser whose connections and timers the test holds. */
export class TestEnvironment implements ConnectionEnvironment {
  readonly sources: TestEventSource[] = [];
  readonly timers: { action: () => void; delayMs: number; cancelled: boolean }[] = [];
  randomValue = 0.5;

  get source(): TestEventSource {
    return this.sources.at(-1) as TestEventSource;
  }

  openEventSource = (url: string): EventSource => {
    const source = new TestEventSource(url);
    this.sources.push(source);
    return source as unknown as EventSource;
  };

  random = (): number => this.randomValue;

  setTimer = (action: () => void, delayMs: number): (() => void) => {
    const timer = { action, delayMs, cancelled: false };
    this.timers.push(timer);
    return () => {
      timer.cancelled = true;
    };
  };

  /** Time passes: whatever is due in the end is due now. */
  runTimers(): void {
    for (const timer of this.timers.splice(0)) if (!timer.cancelled) timer.action();
  }
}
