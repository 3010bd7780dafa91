import type { Api, Failure, PostBody } from './api';
import { contentLength, maxContentLength } from './content';
import type { FeedEnvironment } from './environment';
import type { PostStorage, StoredPost } from './postStorage';
import type { Comment, HeldStatus, PostedComment } from './protocol';
import type { OwnPost } from './state';

/** More than a person writes in a tunnel; who comes back with a hundred would only be limited. */
export const maxPosts = 10;

/** A comment that comes later than this has lost its moment: its author decides. */
export const maxPostAgeMs = 5 * 60_000;

/** Answers that say nothing, in a row. What went wrong three times is not mended by a fourth at once. */
export const maxAttempts = 3;

/** Moderators take seconds or minutes: so often what waits for one is asked for, and then ever more rarely. */
export const firstHeldPollMs = 5_000;
export const maxHeldPollMs = 60_000;

/** Of those that are held so many are shown; the service has all of them. */
const maxHeld = 10;

/** A 429 without a word on how long. */
const defaultRateLimitMs = 5_000;

/** Should the store not keep what became of a post, it is not sent again and again. */
const minPauseMs = 500;

const minRetryMs = 1_000;
const maxRetryMs = 30_000;

export type PostOutcome =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly reason: 'empty' | 'too_long' | 'full' | 'signed_out' };

export interface PostExtras {
  readonly parentId?: string | null;
  readonly mediaTimeMs?: number | null;
}

export interface OutboxOptions {
  readonly streamId: string;
  /** Whose posts, where. */
  readonly group: string;
  readonly api: Pick<Api, 'postComment' | 'getHeld'>;
  readonly storage: PostStorage;
}

export interface OutboxEvents {
  onPosts(posts: readonly OwnPost[], rateLimitedUntilMs: number | null): void;
  onAccepted(comment: PostedComment): void;
  /** The token is good no more. Nothing is sent until the outbox is opened again, with another. */
  onSessionOver(): void;
}

export interface Outbox {
  post(content: string, extras?: PostExtras): Promise<PostOutcome>;
  edit(id: string, content: string): Promise<boolean>;
  remove(id: string): Promise<boolean>;
  retry(id: string): Promise<boolean>;
  /** Comments that are in the stream now: one that was held is none any more. */
  arrived(comments: readonly Comment[]): void;
  /** What a moderator decided of one that was held. */
  decided(commentId: string, status: HeldStatus, note: string | null): void;
  /** Whether the stream's own line is open: then the network is there, and a post need not wait longer. */
  setLineOpen(isOpen: boolean): void;
  close(): void;
}

/**
 * One user's comments to one stream, sent one after the other, in the order in which they were written, by one tab.
 *
 * 1. A post is stored before anything else, and leaves the store when it is accepted or removed: no reload loses it.
 * 2. The tab that holds the lock sends; the others store, and tell it. When it goes, another has the lock.
 * 3. Before it is sent a post is marked as perhaps arrived. Whoever finds it so, after a crash or an answer that got
 *    lost, sends the very same under the same idempotency key: the service then answers with the first one.
 * 4. An answer decides: accepted, to wait for (rate limit), refused, or nothing was said. Only the last counts as a try,
 *    and not while the way to the service is known to be closed.
 * 5. One that is held stays in the store, so that its author, also after a reload, is told what became of it.
 */
export function openOutbox(
  options: OutboxOptions,
  events: OutboxEvents,
  environment: FeedEnvironment,
): Outbox {
  const { group, storage } = options;
  const channel = environment.openChannel(`${group} posts`);
  let releaseLock: (() => void) | null = null;
  let isReady = false;
  let isSender = false;
  let isWorking = false;
  let mustLookAgain = false;
  let isLineOpen = false;
  let isHalted = false;
  let isClosed = false;
  let lastOrder = 0;
  let lastSent: { readonly id: string; readonly atMs: number } | null = null;
  let cancelTimer: (() => void) | null = null;
  /** What waits for a moderator: comment id → post. */
  let held = new Map<string, string>();
  let cancelHeldPoll: (() => void) | null = null;

  const publish = async () => {
    const posts = await storage.list(group);
    if (isClosed) return;
    const now = environment.now();
    const limits = posts.flatMap(({ status, retryAtMs }) =>
      status === 'rate_limited' && retryAtMs !== null && retryAtMs > now ? [retryAtMs] : [],
    );
    held = new Map(
      posts.flatMap(({ id, status, commentId }) => (status === 'held' && commentId ? [[commentId, id]] : [])),
    );
    events.onPosts(posts.map(toOwn), limits.length === 0 ? null : Math.max(...limits));
  };

  /** Something changed here: the other tabs show it, and the one that sends acts on it. */
  const changed = async () => {
    channel.send('changed');
    await publish();
    void work();
  };

  const update = async (
    id: string,
    change: (post: StoredPost) => StoredPost | null | undefined,
  ): Promise<boolean> => {
    if (isClosed) return false;
    const done = await storage.update(id, change);
    if (done) await changed();
    return done;
  };

  const work = async (): Promise<void> => {
    mustLookAgain = true;
    if (isWorking) return;
    isWorking = true;
    try {
      while (mustLookAgain && isSender && !isHalted && !isClosed) {
        mustLookAgain = false;
        if (await sendNext()) mustLookAgain = true;
      }
    } finally {
      isWorking = false;
    }
  };

  /** True when there may be another to send at once. */
  const sendNext = async (): Promise<boolean> => {
    cancelTimer?.();
    cancelTimer = null;
    const posts = await storage.list(group);
    const post = posts.find(({ status }) => status === 'pending' || status === 'rate_limited');
    if (!post || isClosed || !isSender) return false;

    const now = environment.now();
    if (post.status === 'pending' && now - post.createdAt >= maxPostAgeMs) {
      await settle(post, { status: 'failed', reason: post.reason ?? tooLate });
      return true;
    }
    const untilMs = Math.max(post.retryAtMs ?? 0, now);
    if (!environment.signals.isOnline() || untilMs > now) {
      const tooLateAtMs =
        post.status === 'pending' ? post.createdAt + maxPostAgeMs : Number.POSITIVE_INFINITY;
      const wakeAtMs = environment.signals.isOnline() ? Math.min(untilMs, tooLateAtMs) : tooLateAtMs;
      if (Number.isFinite(wakeAtMs)) wakeIn(wakeAtMs - now);
      return false;
    }
    if (lastSent?.id === post.id && now - lastSent.atMs < minPauseMs) {
      wakeIn(minPauseMs);
      return false;
    }
    lastSent = { id: post.id, atMs: now };
    return send(post.id);
  };

  const wakeIn = (delayMs: number) => {
    cancelTimer?.();
    cancelTimer = environment.setTimer(() => void publish().then(work), Math.max(0, delayMs));
  };

  const send = async (id: string): Promise<boolean> => {
    let claimed: StoredPost | null = null;
    await storage.update(id, (post) => {
      if (post.status !== 'pending' && post.status !== 'rate_limited') return undefined;
      claimed = { ...post, status: 'pending', isSending: true, mayHaveArrived: true, retryAtMs: null };
      return claimed;
    });
    const post = claimed as StoredPost | null;
    if (!post) return true;
    await announce();

    const answer = await options.api.postComment(options.streamId, post.key, bodyOf(post));
    if (!answer.ok) return refused(post, answer);
    const { comment, isHeld } = answer.value;
    if (isHeld) {
      await settle(post, { status: 'held', commentId: comment.id });
      for (const old of [...held.values()].slice(0, -maxHeld)) await update(old, () => null);
      askAboutHeldIn(firstHeldPollMs);
      return true;
    }
    await storage.update(id, () => null);
    if (!isClosed) events.onAccepted(comment);
    await announce();
    return true;
  };

  const askAboutHeldIn = (delayMs: number) => {
    cancelHeldPoll?.();
    cancelHeldPoll = environment.setTimer(() => void askAboutHeld(delayMs), delayMs);
  };

  const askAboutHeld = async (waitedMs: number) => {
    if (isClosed || !isSender || isHalted || held.size === 0) return;
    if (environment.signals.isOnline()) {
      const answer = await options.api.getHeld(options.streamId);
      if (answer.ok)
        for (const { comment, status, note } of answer.value.comments) await decide(comment.id, status, note);
    }
    askAboutHeldIn(Math.min(maxHeldPollMs, Math.max(firstHeldPollMs, 2 * waitedMs)));
  };

  const decide = async (commentId: string, status: HeldStatus, note: string | null) => {
    const id = held.get(commentId);
    if (id === undefined || status === 'held') return;
    await update(id, (post) => {
      if (post.status !== 'held') return undefined;
      // It comes, or came, in the stream.
      if (status === 'approved') return null;
      const reason = { code: 'NOT_APPROVED', message: note || notApproved };
      return { ...post, status: 'rejected', reason, mayHaveArrived: false };
    });
  };

  const refused = async (post: StoredPost, failure: Failure): Promise<boolean> => {
    const reason = { code: failure.code, message: failure.message };
    const now = environment.now();
    if (failure.code === 'UNAUTHORIZED' || failure.code === 'TOKEN_EXPIRED') {
      isHalted = true;
      await settle(post, { reason, mayHaveArrived: false });
      if (!isClosed) events.onSessionOver();
      return false;
    }
    if (failure.code === 'RATE_LIMITED') {
      const retryAtMs = now + (failure.retryAfterMs ?? defaultRateLimitMs);
      await settle(post, { status: 'rate_limited', reason, retryAtMs, mayHaveArrived: false });
      return true;
    }
    if (!failure.retryable) {
      await settle(post, { status: 'rejected', reason, mayHaveArrived: false });
      return true;
    }

    // In a tunnel a browser may well believe that it is online; then only time counts.
    const counts = failure.code !== 'UNREACHABLE' || isLineOpen;
    const attempts = post.attempts + (counts ? 1 : 0);
    if (attempts >= maxAttempts) {
      await settle(post, { status: 'failed', attempts, reason });
      return true;
    }
    const ceilingMs = Math.min(maxRetryMs, minRetryMs * 2 ** (attempts + 1));
    const ownMs = minRetryMs + environment.random() * (ceilingMs - minRetryMs);
    await settle(post, { attempts, reason, retryAtMs: now + Math.max(ownMs, failure.retryAfterMs ?? 0) });
    return true;
  };

  const settle = async (post: StoredPost, outcome: Partial<StoredPost>) => {
    await storage.update(post.id, (known) => ({ ...known, isSending: false, ...outcome }));
    await announce();
  };

  const announce = async () => {
    if (isClosed) return;
    channel.send('changed');
    await publish();
  };

  const takeOver = async () => {
    if (isClosed || !isReady) return;
    isSender = true;
    // Whoever was sending is gone; what became of it the service will say.
    for (const { id } of (await storage.list(group)).filter(({ isSending }) => isSending))
      await storage.update(id, (post) => ({ ...post, isSending: false }));
    await announce();
    askAboutHeldIn(0);
    void work();
  };

  const standBy = () => {
    if (isReady || isClosed) return;
    isReady = true;
    if (environment.locks) releaseLock = environment.locks.take(`${group} posts`, () => void takeOver());
    else void takeOver();
  };
  const standDown = () => {
    isReady = isSender = false;
    cancelTimer?.();
    cancelHeldPoll?.();
    releaseLock?.();
    releaseLock = null;
  };

  channel.onMessage(() => {
    void publish();
    void work();
  });
  const unsubscribe = environment.signals.subscribe((signal) => {
    // A frozen tab can't send; one that holds a lock is not kept for the back button.
    if (signal === 'suspend') standDown();
    else if (signal === 'resume') standBy();
    else if (signal === 'network') void work();
  });
  void publish();
  standBy();

  return {
    post: async (content, extras = {}) => {
      const text = content.trim();
      if (text === '') return { ok: false, reason: 'empty' };
      if (contentLength(text) > maxContentLength) return { ok: false, reason: 'too_long' };
      const now = environment.now();
      lastOrder = Math.max(lastOrder + 1, now);
      const post: StoredPost = {
        id: environment.newId(),
        key: environment.newId(),
        group,
        order: lastOrder,
        content: text,
        parentId: extras.parentId ?? null,
        mediaTimeMs: extras.mediaTimeMs ?? null,
        createdAt: now,
        status: 'pending',
        isSending: false,
        mayHaveArrived: false,
        attempts: 0,
        reason: null,
        retryAtMs: null,
      };
      if (!(await storage.add(post, maxPosts))) return { ok: false, reason: 'full' };
      await changed();
      return { ok: true, id: post.id };
    },
    edit: async (id, content) => {
      const text = content.trim();
      if (text === '' || contentLength(text) > maxContentLength) return false;
      return update(id, (post) => {
        if (!canEdit(post)) return undefined;
        const again = post.status === 'rejected' || post.status === 'failed';
        return {
          ...post,
          key: environment.newId(),
          commentId: null,
          content: text,
          // A rate limit holds for whatever is sent.
          ...(again ? afresh(environment.now()) : {}),
        };
      });
    },
    remove: (id) => update(id, (post) => (post.isSending ? undefined : null)),
    retry: (id) =>
      update(id, (post) =>
        post.status === 'failed' || post.status === 'rejected'
          ? {
              ...post,
              // Under the key of one that a moderator refused the service has that one, and no other.
              ...(post.commentId ? { key: environment.newId(), commentId: null } : {}),
              ...afresh(environment.now()),
            }
          : undefined,
      ),
    arrived: (comments) => {
      if (held.size === 0) return;
      for (const { id } of comments) if (held.has(id)) void decide(id, 'approved', null);
    },
    decided: (commentId, status, note) => void decide(commentId, status, note),
    setLineOpen: (isOpen) => {
      if (isLineOpen === isOpen) return;
      isLineOpen = isOpen;
      if (isOpen) void releaseUnreachable();
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      standDown();
      unsubscribe();
      channel.close();
    },
  };

  async function releaseUnreachable() {
    if (!isSender) return;
    for (const { id } of await storage.list(group))
      await storage.update(id, (post) =>
        post.status === 'pending' && !post.isSending && post.reason?.code === 'UNREACHABLE'
          ? { ...post, retryAtMs: null }
          : undefined,
      );
    void work();
  }
}

const tooLate = { code: 'NOT_SENT_IN_TIME', message: 'It could not be sent within 5 minutes.' };

const notApproved = 'A moderator did not let it pass.';

function afresh(now: number): Partial<StoredPost> {
  return { status: 'pending', attempts: 0, reason: null, retryAtMs: null, createdAt: now };
}

function canEdit(post: StoredPost): boolean {
  return !post.isSending && !post.mayHaveArrived && post.status !== 'held';
}

function bodyOf({ content, parentId, mediaTimeMs }: StoredPost): PostBody {
  return {
    content,
    ...(parentId === null ? {} : { parentId }),
    ...(mediaTimeMs === null ? {} : { mediaTimeMs }),
  };
}

function toOwn(post: StoredPost): OwnPost {
  const { id, content, parentId, mediaTimeMs, createdAt, status, isSending, attempts, reason, retryAtMs } =
    post;
  return {
    id,
    content,
    parentId,
    mediaTimeMs,
    createdAt,
    status,
    isSending,
    canEdit: canEdit(post),
    attempts,
    reason,
    retryAtMs,
  };
}
