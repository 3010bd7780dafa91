import { createStore, type StoreApi } from 'zustand/vanilla';
import { type Position, parseCursor } from './cursor';
import { Echoes } from './echoes';
import { type Mark, Marks } from './marks';
import { withSpeakers } from './people';
import type {
  Comment,
  CommentPage,
  CommentReactionState,
  CommentUpdated,
  PostedComment,
  ReactionTotals,
  ReactionType,
  ServerMessage,
  StreamInfo,
  StreamLoad,
  StreamSettings,
} from './protocol';
import { added, withSum } from './reactionSums';
import { SamplingWindow } from './sampling';
import type { FeedState, Person, ReactionSums, Thread } from './state';
import { inOrder, mapThreads, withReplies, withThread } from './threads';
import {
  cut,
  type Entry,
  isRemoved,
  join,
  joinBatch,
  markGaps,
  maxComments,
  maxCommentsReadingBack,
  mergeBatch,
  mergePlaced,
  type Removal,
  remember,
  replaceComment,
  without,
} from './timeline';

/** A list that was cut more often than this has nothing left to show of the first cut. */
const maxGaps = 20;

/** What one tab tells another that has just come. */
export interface Snapshot {
  readonly entries: readonly Entry[];
  readonly removed: readonly Removal[];
  readonly gaps: readonly Position[];
  readonly isFilled: boolean;
  readonly stream: StreamInfo | null;
  readonly viewers: number | null;
  readonly comments: number | null;
  readonly reactions: ReactionSums;
  readonly settings: StreamSettings | null;
  readonly pinned: Comment | null;
  readonly marks: readonly (readonly [string, Mark])[];
  readonly people: readonly Person[];
  readonly load: StreamLoad | null;
}

export interface ReactionBurst {
  readonly counts: Readonly<Partial<Record<ReactionType, number>>>;
  readonly isMine: boolean;
}

export interface FeedStore extends StoreApi<FeedState> {
  receive(message: ServerMessage): void;
  /** The answer to an own post, which may come before or after the same comment in the stream. */
  receivePosted(posted: PostedComment): void;
  receiveInfo(stream: StreamInfo): void;
  /** Exact numbers in place of what was summed up. */
  receiveTotals(totals: ReactionTotals): void;
  /** Exact numbers and marks of comments that are shown; it brings no others. */
  receiveCounts(comments: readonly Comment[]): void;
  /** How often something was pinned or taken down while we listened. */
  pinChanges(): number;
  /** What is pinned, as it was when so much had changed: an answer that something newer overtook says nothing. */
  receivePinned(pinned: Comment | null, asOf: number): void;
  /** A page of what was before the first entry. False when none of it was new. */
  receiveOlder(page: CommentPage): boolean;
  receiveReplies(parentId: string, page: CommentPage): void;
  setThread(parentId: string, state: Thread['state']): void;
  remove(commentId: string): void;
  /** A reaction of mine to the stream, before the service has counted it. */
  tap(type: ReactionType): void;
  /** A reaction of mine to a comment, before the service has answered. The answer takes it back. */
  expectReaction(commentId: string, type: ReactionType, isSet: boolean): () => void;
  receiveReaction(answer: CommentReactionState, wasKnown: boolean): void;
  receiveMine(commentId: string, mine: readonly ReactionType[]): void;
  /** Whether the reader follows the newest; whoever reads back may gather more. */
  setAtEnd(isAtEnd: boolean): void;
  /** Lets go of what is shown only for a while. */
  tick(): void;
  onReactions(listener: (burst: ReactionBurst) => void): () => void;
  snapshot(): Snapshot;
  load(snapshot: Snapshot): void;
}

export function initialState(): FeedState {
  return {
    connection: { name: 'connecting', transport: 'sse', retryAtMs: null, sharing: 'alone' },
    stream: null,
    lookup: 'loading',
    entries: [],
    older: 'more',
    isFilled: false,
    interruption: null,
    sampling: null,
    load: null,
    pinned: null,
    viewers: null,
    comments: null,
    reactions: { counts: {}, total: 0 },
    myReactions: {},
    posts: [],
    rateLimitedUntilMs: null,
    threads: {},
    people: [],
    isSessionOver: false,
    settings: null,
    rights: null,
  };
}

/** What there is to show of one stream. Messages may come late, twice and from several places at once. */
export function createFeedStore(streamId: string, now: () => number = Date.now): FeedStore {
  const store = createStore<FeedState>(initialState);
  const listeners = new Set<(burst: ReactionBurst) => void>();
  const sampling = new SamplingWindow();
  const taps = new Echoes();
  const reactions = new Echoes();
  const marks = new Marks();
  /** Taken back, which an older batch or the answer to an own post must not bring again. */
  let removed: readonly Removal[] = [];
  let gaps: readonly Position[] = [];
  let isAtEnd = true;

  const limit = () => (isAtEnd ? maxComments : maxCommentsReadingBack);
  const tidy = (entries: readonly Entry[]) => markGaps(without(entries, removed), gaps);

  const shown = (comments: readonly Comment[]) => comments.filter((comment) => !isRemoved(removed, comment));

  const receiveBatch = (state: FeedState, message: ServerMessage & { type: 'comments_batch' }) => {
    const { cursor, previousCursor, omitted, isBackfill } = message.payload;
    const comments = marks.onAll(message.payload.comments);
    if (!isBackfill) sampling.add(comments.length, omitted ?? 0, now());
    const isFresh = isBackfill && (previousCursor ?? null) === null;
    const entries = tidy((isFresh ? joinBatch : mergeBatch)(state.entries, comments, cursor, limit()));
    return {
      entries,
      isFilled: true,
      sampling: sampling.at(now()),
      // A comment that isn't placed comes again, or is too old to show.
      people: entries === state.entries ? state.people : withSpeakers(state.people, comments),
      pinned: shown(comments).findLast(({ isPinned }) => isPinned) ?? state.pinned,
      threads: withReplies(state.threads, shown(comments)),
    };
  };

  const receiveUpdate = (state: FeedState, update: CommentUpdated): Partial<FeedState> => {
    const { commentId, reactionChanges, isPinned } = update;
    const others: Record<string, number> = {};
    for (const [type, change] of Object.entries(reactionChanges))
      others[type] = reactions.heard(`${commentId} ${type}`, change, now());
    const isMarked = marks.hear(update);
    const changed = withChanged(state, commentId, (comment) =>
      marks.on({ ...comment, reactionCounts: added(comment.reactionCounts ?? {}, others) }),
    );
    if (!isMarked || isPinned === undefined) return changed;
    if (!isPinned) return state.pinned?.id === commentId ? { ...changed, pinned: null } : changed;
    const entry = changed.entries.find(({ comment }) => comment.id === commentId);
    // One that isn't here is asked for by whoever listens to `pinChanges`.
    return { ...changed, pinned: entry?.comment ?? changed.pinned };
  };

  const next = (state: FeedState, message: ServerMessage): Partial<FeedState> => {
    switch (message.type) {
      case 'comments_batch':
        return receiveBatch(state, message);
      case 'comment_updated':
        return receiveUpdate(state, message.payload);
      case 'comment_removed':
        return takeOut(state, message.payload.commentId);
      case 'reactions_batch':
        return { reactions: withSum(state.reactions, heardTaps(message.payload.counts)) };
      case 'viewer_count':
        return { viewers: message.payload.count };
      case 'comment_count':
        return { comments: message.payload.count };
      case 'stream_state':
        return {
          stream: { ...emptyInfo, ...state.stream, ...message.payload },
          lookup: 'found',
          settings: message.payload.settings ?? state.settings,
          load: loadAfter(state.load, message.payload.load),
        };
      case 'comment_reviewed':
        // For whoever keeps the author's own comments.
        return {};
      case 'reset':
        removed = [];
        gaps = [];
        sampling.clear();
        marks.clear();
        return {
          entries: [],
          older: 'more',
          sampling: null,
          pinned: null,
          threads: {},
          interruption: message.payload.reason === 'new_epoch' ? 'new_epoch' : 'too_far_behind',
        };
      case 'gap': {
        const after = parseCursor(message.payload.after ?? '');
        if (after) gaps = [...gaps, after].slice(-maxGaps);
        return { interruption: 'gap', entries: tidy(state.entries) };
      }
    }
  };

  const heardTaps = (counts: Readonly<Record<string, number>>) => {
    const others: Record<string, number> = {};
    for (const [type, count] of Object.entries(counts)) {
      const rest = taps.heard(type, count, now());
      if (rest > 0) others[type] = rest;
    }
    if (Object.keys(others).length > 0) burst({ counts: others, isMine: false });
    return others;
  };

  const burst = (happened: ReactionBurst) => {
    for (const listener of listeners) listener(happened);
  };

  const takeOut = (state: FeedState, commentId: string): Partial<FeedState> => {
    const shown = state.entries.find(({ comment }) => comment.id === commentId);
    removed = remember(removed, { id: commentId, from: shown?.comment.restoredFrom ?? null });
    return {
      entries: tidy(state.entries),
      pinned: state.pinned?.id === commentId ? null : state.pinned,
      threads: mapThreads(state.threads, (replies) => replies.filter(({ id }) => id !== commentId)),
    };
  };

  return {
    ...store,
    receive: (message) => {
      const of = message.type === 'stream_state' ? message.payload.id : message.payload.streamId;
      if (of === streamId) store.setState((state) => next(state, message));
    },
    receivePosted: (posted) => {
      if (posted.streamId !== streamId) return;
      store.setState((state) => ({
        entries: tidy(mergePlaced(state.entries, [posted], limit(), true)),
        threads: withReplies(state.threads, shown([posted])),
      }));
    },
    receiveInfo: (stream) => store.setState({ stream, lookup: 'found' }),
    receiveTotals: ({ counts, total }) => {
      taps.clear();
      store.setState({ reactions: { counts, total } });
    },
    receiveCounts: (comments) =>
      store.setState((state) => {
        let changed: Partial<FeedState> = {};
        for (const { id, reactionCounts, isPinned, isHighlighted } of comments)
          changed = {
            ...changed,
            ...withChanged({ ...state, ...changed }, id, (comment) =>
              marks.on({ ...comment, reactionCounts, isPinned, isHighlighted }),
            ),
          };
        return changed;
      }),
    pinChanges: () => marks.pinChanges,
    receivePinned: (pinned, asOf) => {
      if (asOf !== marks.pinChanges || (pinned && isRemoved(removed, pinned))) return;
      store.setState({ pinned: pinned && marks.on(pinned) });
    },
    receiveOlder: ({ comments, next }) => {
      const before = store.getState().entries;
      const entries = tidy(mergePlaced(before, marks.onAll(comments), maxCommentsReadingBack));
      const isFull = entries.length >= maxCommentsReadingBack;
      store.setState({ entries, older: next === null || isFull ? 'none' : 'more' });
      return entries[0] !== before[0];
    },
    receiveReplies: (parentId, { comments, next }) =>
      store.setState(({ threads }) => ({
        threads: {
          ...threads,
          [parentId]: {
            replies: inOrder([...(threads[parentId]?.replies ?? []), ...shown(marks.onAll(comments))]),
            state: next === null ? 'loaded' : 'more',
          },
        },
      })),
    setThread: (parentId, threadState) =>
      store.setState(({ threads }) => ({ threads: withThread(threads, parentId, threadState) })),
    remove: (commentId) => store.setState((state) => takeOut(state, commentId)),
    tap: (type) => {
      taps.expect(type, 1, now());
      store.setState((state) => ({ reactions: withSum(state.reactions, { [type]: 1 }) }));
      burst({ counts: { [type]: 1 }, isMine: true });
    },
    expectReaction: (commentId, type, isSet) => {
      const change = isSet ? 1 : -1;
      const mineBefore = store.getState().myReactions[commentId];
      const apply = (by: number) => {
        reactions.expect(`${commentId} ${type}`, by, now());
        store.setState((state) =>
          withChanged(state, commentId, (comment) => ({
            ...comment,
            reactionCounts: added(comment.reactionCounts ?? {}, { [type]: by }),
          })),
        );
      };
      apply(change);
      const mine = (mineBefore ?? []).filter((other) => other !== type);
      store.setState(({ myReactions }) => ({
        myReactions: { ...myReactions, [commentId]: isSet ? [...mine, type] : mine },
      }));
      return () => {
        apply(-change);
        store.setState(({ myReactions: { [commentId]: _, ...others } }) => ({
          myReactions: mineBefore ? { ...others, [commentId]: mineBefore } : others,
        }));
      };
    },
    receiveReaction: ({ commentId, reactionCounts, mine }, wasKnown) =>
      store.setState((state) => ({
        myReactions: { ...state.myReactions, [commentId]: mine as ReactionType[] },
        // Whether it changed anything was a guess.
        ...(wasKnown ? {} : withChanged(state, commentId, (comment) => ({ ...comment, reactionCounts }))),
      })),
    receiveMine: (commentId, mine) =>
      store.setState(({ myReactions }) => ({ myReactions: { ...myReactions, [commentId]: mine } })),
    setAtEnd: (atEnd) => {
      if (isAtEnd === atEnd) return;
      isAtEnd = atEnd;
      store.setState(({ entries, older }) => {
        const kept = cut(entries, limit());
        // What was cut can be had again.
        return kept === entries ? {} : { entries: kept, older: older === 'none' ? 'more' : older };
      });
    },
    tick: () => {
      const lost = taps.lost(now());
      reactions.lost(now());
      // A page that shows nothing else has nothing to draw again.
      if (lost.length === 0 && store.getState().sampling === null) return;
      store.setState((state) => ({
        sampling: sampling.at(now()),
        // Taps beyond the limit are absorbed in silence.
        reactions: lost.reduce((sums, [type, count]) => withSum(sums, { [type]: -count }), state.reactions),
      }));
    },
    onReactions: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    snapshot: () => {
      const { entries, isFilled, stream, viewers, comments, reactions, settings, pinned, people, load } =
        store.getState();
      return {
        entries: cut(entries, maxComments),
        removed,
        gaps,
        isFilled,
        stream,
        viewers,
        comments,
        reactions,
        settings,
        pinned,
        marks: marks.all(),
        people,
        load,
      };
    },
    load: (told) => {
      for (const removal of told.removed) removed = remember(removed, removal);
      gaps = told.gaps;
      marks.load(told.marks ?? []);
      store.setState((state) => ({
        entries: tidy(join(state.entries, told.entries, limit())),
        isFilled: state.isFilled || told.isFilled,
        stream: told.stream ?? state.stream,
        lookup: told.stream ? 'found' : state.lookup,
        viewers: told.viewers ?? state.viewers,
        comments: told.comments ?? state.comments,
        reactions: told.reactions.total > 0 ? told.reactions : state.reactions,
        settings: told.settings ?? state.settings,
        load: told.load ?? state.load,
        pinned: told.pinned ?? state.pinned,
        people: state.people.length > 0 ? state.people : told.people,
      }));
    },
  };
}

/** Absent says nothing; `normal` says that all is well again. */
function loadAfter(before: StreamLoad | null, said: StreamLoad | undefined): StreamLoad | null {
  if (said === undefined) return before;
  return said.level === 'normal' ? null : said;
}

const emptyInfo: StreamInfo = {
  id: '',
  title: '',
  description: null,
  creatorId: '',
  status: 'live',
  thumbnailUrl: null,
  videoUrl: null,
  startedAt: 0,
  endedAt: null,
};

/** Changes a comment wherever it is shown. */
function withChanged(
  state: FeedState,
  commentId: string,
  changed: (comment: Comment) => Comment,
): Pick<FeedState, 'entries' | 'pinned' | 'threads'> {
  return {
    entries: replaceComment(state.entries, commentId, changed),
    pinned: state.pinned?.id === commentId ? changed(state.pinned) : state.pinned,
    threads: mapThreads(state.threads, (replies) =>
      replies.some(({ id }) => id === commentId)
        ? replies.map((reply) => (reply.id === commentId ? changed(reply) : reply))
        : replies,
    ),
  };
}
