import { type Answer, type Api, createApi, type SanctionTerms } from './api';
import { openConnection } from './connection';
import { browserEnvironment, type FeedEnvironment } from './environment';
import { defaultSampleRate, openLatencyMeter } from './latency';
import { type Outbox, openOutbox, type PostExtras, type PostOutcome } from './outbox';
import { inMemory, type PostStorage } from './postStorage';
import type {
  CommentPage,
  CommentReactionPage,
  CommentReactionState,
  Cursor,
  ReactionType,
  ReportReason,
  Sanction,
  SanctionKind,
  ServerMessage,
  Session,
} from './protocol';
import { openSharedLine, type SharedLine } from './sharing';
import type { FeedState, TransportName } from './state';
import { createFeedStore, type ReactionBurst } from './store';

export interface FeedOptions {
  readonly streamId: string;
  /** Who watches; null for nobody in particular. `setSession` changes it. */
  readonly session?: Session | null;
  /** What is tried first. */
  readonly transport?: TransportName;
  /** Of the service, such as `https://live.example`; empty for the page's own origin. */
  readonly baseUrl?: string;
  /** Whether tabs of one stream and user share a line, where the browser lets them. */
  readonly isShared?: boolean;
  /** From 0 to 1: how many pages measure how long comments take to be seen. */
  readonly latencySampleRate?: number;
  readonly environment?: FeedEnvironment;
}

/** What may be read and listened to. */
export interface FeedStates {
  getState(): FeedState;
  getInitialState(): FeedState;
  /** The answer ends it. */
  subscribe(listener: (state: FeedState, previous: FeedState) => void): () => void;
}

/** One stream's live comments: a store to subscribe to, kept up to date until it is closed. */
export interface Feed {
  readonly streamId: string;
  readonly store: FeedStates;
  /** Joined, left, or signed in again. */
  setSession(session: Session | null): void;
  /** Tries to connect at once instead of waiting out the delay. */
  retryNow(): void;
  dismissInterruption(): void;

  /** Stored in this browser when it answers, and sent as soon as it can be. */
  post(content: string, extras?: PostExtras): Promise<PostOutcome>;
  /** False when it can't be changed (any more). */
  editPost(id: string, content: string): Promise<boolean>;
  /** False while it is being sent, or gone. */
  removePost(id: string): Promise<boolean>;
  /** Of a post that failed. */
  retryPost(id: string): Promise<boolean>;

  /** A tap for the stream; shown at once. */
  react(type: ReactionType): void;
  /** What floats up: other people's as they are told of, one's own at once and once. */
  onReactions(listener: (burst: ReactionBurst) => void): () => void;
  /** Shown at once, and taken back when the service refuses. */
  reactToComment(
    commentId: string,
    type: ReactionType,
    isSet: boolean,
  ): Promise<Answer<CommentReactionState>>;
  /** Who reacted to a comment; tells also what of it is mine. */
  reactors(
    commentId: string,
    query?: { type?: ReactionType; cursor?: string },
  ): Promise<Answer<CommentReactionPage>>;

  /** Comments before the first entry. */
  loadOlder(): Promise<void>;
  /** Whether the reader follows the end. Who reads back may gather more, and keeps it until the return. */
  atEnd(isAtEnd: boolean): void;
  /** The answers to a comment, the next page of them when there are more. */
  loadReplies(commentId: string): Promise<void>;
  /** Comments with the most reactions and answers first. */
  top(cursor?: string): Promise<Answer<CommentPage>>;
  /** One's own. */
  deleteComment(commentId: string): Promise<Answer<null>>;
  /** Tells the moderators; once of each user and comment. */
  report(commentId: string, reason: ReportReason, note: string): Promise<Answer<null>>;

  /** For who moderates the stream: `state.rights` says who does, and the service decides. */
  takeAway(commentId: string, reason?: string): Promise<Answer<null>>;
  /** Of a stream one comment is pinned at a time. */
  mark(commentId: string, mark: 'pin' | 'highlight', isSet: boolean): Promise<Answer<null>>;
  sanction(userId: string, kind: SanctionKind, terms?: SanctionTerms): Promise<Answer<Sanction>>;

  /** Entries are in the page, and will be seen with the next frame: for the measure of latency. */
  painted(): void;
  close(): void;
}

/** Taps that the service has not answered yet; who taps faster than the line carries them gets no more through. */
const maxTapsUnderWay = 20;

/** What is shown only for a while is looked through so often. */
const tickMs = 1_000;

/** The page has no title and no video until the service has said. */
const lookUpAgainMs = 5_000;

/** After a line came back exact numbers are asked for; spread, so that thousands of viewers don't ask at once. */
const maxRefreshDelayMs = 2_000;

/** As many of the newest comments as a join is sent. */
const newestPage = 50;

export function openFeed(options: FeedOptions): Feed {
  const {
    streamId,
    baseUrl = '',
    transport = 'sse',
    isShared = true,
    environment = browserEnvironment(),
  } = options;
  const store = createFeedStore(streamId, environment.now);
  let session = options.session ?? null;
  /** Where the line of a new session goes on. */
  let line: SharedLine | null = null;
  let cursor: Cursor | null = null;
  let outbox: Outbox | null = null;
  let storage: PostStorage | null = null;
  let isClosed = false;
  let tapsUnderWay = 0;
  let isFirstLine = true;
  let cancelRefresh: (() => void) | null = null;
  let cancelTick: (() => void) | null = null;
  let cancelLookUp: (() => void) | null = null;
  let cancelPinned: (() => void) | null = null;

  const api: Api = createApi({
    baseUrl,
    fetch: environment.fetch,
    getToken: () => (store.getState().isSessionOver ? null : (session?.token ?? null)),
  });
  const latency = openLatencyMeter(
    {
      baseUrl,
      streamId,
      sampleRate: options.latencySampleRate ?? defaultSampleRate,
      transport: () => store.getState().connection.transport,
    },
    environment,
  );

  store.setState({ connection: { ...store.getState().connection, transport } });

  const sessionOver = () => {
    if (isClosed || store.getState().isSessionOver) return;
    store.setState({ isSessionOver: true });
    // Another tab may have a newer token: it must not hear through a line that is nobody's.
    openLine();
  };

  const receive = (message: ServerMessage) => {
    store.receive(message);
    if (message.type === 'comments_batch') outbox?.arrived(message.payload.comments);
    else if (message.type === 'comment_reviewed')
      outbox?.decided(message.payload.commentId, message.payload.status, message.payload.note);
    // Pinned long after it was written: it isn't here.
    else if (
      message.type === 'comment_updated' &&
      message.payload.isPinned &&
      store.getState().pinned?.id !== message.payload.commentId
    ) {
      cancelPinned?.();
      cancelPinned = environment.setTimer(
        () => void lookForPinned(),
        environment.random() * maxRefreshDelayMs,
      );
    }
  };

  const lookForPinned = async () => {
    const asOf = store.pinChanges();
    const answer = await api.getPinned(streamId);
    if (answer.ok && !isClosed) store.receivePinned(answer.value, asOf);
  };

  const lookForSettings = async () => {
    const before = store.getState().settings;
    const answer = await api.getSettings(streamId);
    // What came meanwhile is newer, or the same.
    if (answer.ok && !isClosed && store.getState().settings === before)
      store.setState({ settings: answer.value });
  };

  const lookForRights = async () => {
    const asked = session;
    if (!asked || store.getState().isSessionOver) return;
    const answer = await api.getRights(streamId);
    if (isClosed || asked !== session || !answer.ok) return;
    const { mayModerate, mayAppoint } = answer.value;
    store.setState({ rights: mayModerate || mayAppoint ? { mayModerate, mayAppoint } : null });
  };

  const openLine = () => {
    cursor = line?.cursor() ?? cursor;
    line?.close();
    const isSomebody = session !== null && !store.getState().isSessionOver;
    line = openSharedLine(
      {
        group: groupOf(isSomebody ? (session?.user.id ?? '') : ''),
        isShared,
        cursor,
        connect: (from, events) =>
          openConnection(
            {
              baseUrl,
              streamId,
              transport,
              cursor: from,
              getTicket: isSomebody ? getTicket : null,
              getToken: () => (isSomebody ? (session?.token ?? null) : null),
            },
            { ...events, onSessionOver: sessionOver },
            environment,
          ),
      },
      {
        onState: (connection) => {
          const was = store.getState().connection.name;
          // What one node said of itself holds for no other.
          store.setState(connection.name === 'open' ? { connection } : { connection, load: null });
          outbox?.setLineOpen(connection.name === 'open');
          if (connection.name === 'open' && was !== 'open') refreshSoon();
        },
        onMessage: (message) => {
          if (message?.type === 'comments_batch' && !message.payload.isBackfill)
            latency.arrived(message.payload.comments);
          if (message) receive(message);
        },
        snapshot: store.snapshot,
        onSnapshot: store.load,
      },
      environment,
    );
  };

  const openPosts = () => {
    outbox?.close();
    outbox = null;
    store.setState({ posts: [], rateLimitedUntilMs: null });
    if (!session) return;
    // Without locks tabs can't agree on who sends: then each keeps its own posts, and only while it lives.
    storage ??= environment.locks ? environment.openPostStorage() : inMemory();
    outbox = openOutbox(
      { streamId, group: groupOf(session.user.id), api, storage },
      {
        onPosts: (posts, rateLimitedUntilMs) => store.setState({ posts, rateLimitedUntilMs }),
        onAccepted: store.receivePosted,
        onSessionOver: sessionOver,
      },
      environment,
    );
    outbox.setLineOpen(store.getState().connection.name === 'open');
  };

  const groupOf = (userId: string) => `live-comments ${baseUrl} ${streamId} ${userId}`;

  const getTicket = async () => {
    const answer = await api.getTicket(streamId);
    if (answer.ok) return answer.value.ticket;
    if (answer.code === 'BANNED') return { bannedFor: answer.message };
    return answer.code === 'UNAUTHORIZED' || answer.code === 'TOKEN_EXPIRED' ? 'over' : null;
  };

  /** What messages don't tell: reactions from before we came, or while we were away. */
  const refreshSoon = () => {
    cancelRefresh?.();
    cancelRefresh = environment.setTimer(
      () => void refresh(),
      isFirstLine ? 0 : environment.random() * maxRefreshDelayMs,
    );
    isFirstLine = false;
  };
  const refresh = async () => {
    cancelRefresh = null;
    await Promise.all([
      lookUp(),
      lookForPinned(),
      lookForSettings(),
      lookForRights(),
      api.getReactionTotals(streamId).then((answer) => {
        if (answer.ok && !isClosed) store.receiveTotals(answer.value);
      }),
      api.getComments(streamId, { limit: newestPage }).then((answer) => {
        if (answer.ok && !isClosed) store.receiveCounts(answer.value.comments);
      }),
    ]);
  };

  const lookUp = async () => {
    const answer = await api.getStream(streamId);
    if (isClosed) return;
    if (answer.ok) store.receiveInfo(answer.value);
    else if (store.getState().lookup !== 'found') {
      const isMissing = answer.code === 'STREAM_NOT_FOUND';
      store.setState({ lookup: isMissing ? 'missing' : 'unreachable' });
      cancelLookUp?.();
      if (!isMissing) cancelLookUp = environment.setTimer(() => void lookUp(), lookUpAgainMs);
    }
  };

  const tick = () => {
    cancelTick = environment.setTimer(() => {
      store.tick();
      tick();
    }, tickMs);
  };

  openLine();
  openPosts();
  void lookUp();
  tick();

  return {
    streamId,
    store,
    setSession: (next) => {
      const isSame = next?.token === session?.token && next?.user.id === session?.user.id;
      if (isClosed || (isSame && !store.getState().isSessionOver)) return;
      session = next;
      store.setState({ isSessionOver: false, myReactions: {}, rights: null });
      openLine();
      openPosts();
      void lookForRights();
    },
    retryNow: () => line?.retryNow(),
    dismissInterruption: () => store.setState({ interruption: null }),

    post: async (content, extras) => outbox?.post(content, extras) ?? { ok: false, reason: 'signed_out' },
    editPost: async (id, content) => outbox?.edit(id, content) ?? false,
    removePost: async (id) => outbox?.remove(id) ?? false,
    retryPost: async (id) => outbox?.retry(id) ?? false,

    react: (type) => {
      if (isClosed || tapsUnderWay >= maxTapsUnderWay) return;
      tapsUnderWay++;
      store.tap(type);
      void api.reactToStream(streamId, type).then(() => tapsUnderWay--);
    },
    onReactions: store.onReactions,
    reactToComment: async (commentId, type, isSet) => {
      const wasKnown = store.getState().myReactions[commentId] !== undefined;
      const takeBack = store.expectReaction(commentId, type, isSet);
      const answer = await api.reactToComment(streamId, commentId, type, isSet);
      if (answer.ok) store.receiveReaction(answer.value, wasKnown);
      else takeBack();
      return answer;
    },
    reactors: async (commentId, query = {}) => {
      const answer = await api.getReactors(streamId, commentId, query);
      if (answer.ok) store.receiveMine(commentId, answer.value.mine as ReactionType[]);
      return answer;
    },

    loadOlder: async () => {
      const { older, entries } = store.getState();
      if (older === 'loading' || older === 'none' || isClosed) return;
      store.setState({ older: 'loading' });
      // A batch's end is behind all of its comments: that page may repeat some, and go further with the next.
      const end = entries[0]?.end;
      let from = end ? `${end.epoch}-${end.sequence}` : undefined;
      for (;;) {
        const answer = await api.getComments(streamId, {
          order: 'newest',
          limit: newestPage,
          ...(from === undefined ? {} : { cursor: from }),
        });
        if (store.getState().older !== 'loading' || isClosed) return;
        if (!answer.ok) {
          store.setState({ older: 'failed' });
          return;
        }
        const foundAny = store.receiveOlder(answer.value);
        if (foundAny || answer.value.next === null) return;
        store.setState({ older: 'loading' });
        from = answer.value.next;
      }
    },
    atEnd: store.setAtEnd,
    loadReplies: async (commentId) => {
      const thread = store.getState().threads[commentId];
      if (thread?.state === 'loading' || thread?.state === 'loaded' || isClosed) return;
      store.setThread(commentId, 'loading');
      const after = thread?.replies.findLast(({ cursor: place }) => place !== undefined)?.cursor;
      const answer = await api.getReplies(streamId, commentId, after);
      if (isClosed) return;
      if (answer.ok) store.receiveReplies(commentId, answer.value);
      else store.setThread(commentId, 'failed');
    },
    top: (from) =>
      api.getComments(streamId, { order: 'top', ...(from === undefined ? {} : { cursor: from }) }),
    deleteComment: async (commentId) => {
      const answer = await api.deleteComment(streamId, commentId);
      if (answer.ok) store.remove(commentId);
      return answer;
    },

    report: (commentId, reason, note) => api.report(streamId, commentId, reason, note.trim()),
    takeAway: async (commentId, reason) => {
      const answer = await api.takeAway(streamId, commentId, reason ?? null);
      if (answer.ok) store.remove(commentId);
      return answer;
    },
    mark: (commentId, mark, isSet) => api.mark(streamId, commentId, mark, isSet),
    sanction: (userId, kind, terms = {}) => api.sanction(streamId, userId, kind, terms),

    painted: latency.painted,
    close: () => {
      if (isClosed) return;
      isClosed = true;
      cancelTick?.();
      cancelRefresh?.();
      cancelLookUp?.();
      cancelPinned?.();
      outbox?.close();
      line?.close();
      latency.close();
    },
  };
}
