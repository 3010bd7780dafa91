import { useCallback, useEffect, useRef, useState } from 'react';
import type { Answer, Failure } from '../../feed';
import { useDesk } from '../desk';
import type { CommentName, QueuedComment } from '../deskApi';
import { useLoaded } from '../useLoaded';

/** Others decide meanwhile, and new ones come. */
const refreshMs = 2_000;

/** A claim is good for two minutes; who still looks makes it good for two more well before. */
const renewMs = 45_000;

/** As many as the service leaves out when somebody claims. */
const maxLeft = 100;

export interface Reviews {
  /** Claimed by this moderator, oldest first; nobody else gets them. */
  readonly mine: readonly QueuedComment[];
  /** The rest that waits, with who looks at it. */
  readonly waiting: readonly QueuedComment[];
  readonly isLoaded: boolean;
  /** More waits than is shown. */
  readonly hasMore: boolean;
  readonly failure: Failure | null;
  readonly isReviewing: boolean;
  /** Takes the oldest, and more as soon as those are decided. */
  start(): void;
  /** What was taken is anybody's again. */
  stop(): void;
  /** Leaves one to others. */
  giveBack(comment: CommentName): Promise<Answer<null>>;
  showMore(): void;
  /** Decided here or by somebody else: nobody waits for the next look at the queue. */
  drop(commentId: string): void;
}

/** What waits for a moderator, and what this one has taken of it. */
export function useReviews(isShown: boolean): Reviews {
  const { api, session } = useDesk();
  const [pages, setPages] = useState(1);
  const queue = useLoaded(() => api.queue(pages), isShown, refreshMs);
  const [isReviewing, setReviewing] = useState(false);
  const [decided, setDecided] = useState<ReadonlySet<string>>(new Set());
  /** Given back: the newest of them are not taken again. */
  const [left, setLeft] = useState<readonly string[]>([]);
  const leftRef = useRef(left);
  leftRef.current = left;
  const isClaiming = useRef(false);
  const me = session.user.id;

  const now = Date.now();
  const waiting = (queue.value?.comments ?? []).filter((one) => !decided.has(one.comment.id));
  const isMine = (one: QueuedComment) =>
    one.claimedById === me && (one.claimedUntil ?? 0) > now && !left.includes(one.comment.id);
  const mine = isReviewing ? waiting.filter(isMine) : [];
  const free = waiting.filter(
    (one) => (one.claimedUntil ?? 0) <= now && !left.includes(one.comment.id),
  ).length;

  const { reload } = queue;
  const claim = useCallback(async () => {
    if (isClaiming.current) return;
    isClaiming.current = true;
    await api.claim(leftRef.current);
    isClaiming.current = false;
    reload();
  }, [api, reload]);

  const isDone = isReviewing && isShown && mine.length === 0 && free > 0;
  useEffect(() => {
    if (isDone) void claim();
  }, [isDone, claim]);

  const isAtWork = isReviewing && isShown && mine.length > 0;
  useEffect(() => {
    if (!isAtWork) return;
    const timer = setInterval(claim, renewMs);
    return () => clearInterval(timer);
  }, [isAtWork, claim]);

  return {
    mine,
    waiting: waiting.filter((one) => !mine.includes(one)),
    isLoaded: queue.value !== null,
    hasMore: Boolean(queue.value?.next),
    failure: queue.failure,
    isReviewing,
    start: () => setReviewing(true),
    stop: () => {
      setReviewing(false);
      void Promise.all(mine.map(({ comment }) => api.release(comment))).then(reload);
    },
    giveBack: async (comment) => {
      setLeft((before) => [...before, comment.id].slice(-maxLeft));
      const answer = await api.release(comment);
      if (!answer.ok) setLeft((before) => before.filter((id) => id !== comment.id));
      reload();
      return answer;
    },
    showMore: () => {
      setPages((before) => before + 1);
      reload();
    },
    drop: (commentId) => {
      setDecided((before) => new Set(before).add(commentId));
      reload();
    },
  };
}
