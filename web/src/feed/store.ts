import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ConnectionState } from './connection';
import type { PostedComment, ServerMessage, StreamStatus } from './protocol';
import { type Entry, mergeBatch, remember, without } from './timeline';

export type Interruption = 'gap' | 'too_far_behind' | 'new_epoch';

export interface FeedState {
  readonly connection: ConnectionState;
  /** In log order, oldest first. */
  readonly entries: readonly Entry[];
  /** Comments taken back, which an older batch or the answer to an own post must not bring again. */
  readonly removed: readonly string[];
  readonly viewers: number | null;
  /** Null until the stream says so; the page asks the REST API first. */
  readonly status: StreamStatus | null;
  readonly title: string | null;
  /** What the viewer should know about the list: something was lost, or it was begun again. */
  readonly interruption: Interruption | null;
}

export interface FeedStore extends StoreApi<FeedState> {
  receive(message: ServerMessage): void;
  /** The answer to an own post, which may come before or after the same comment in the stream. */
  receivePosted(posted: PostedComment): void;
  setConnection(connection: ConnectionState): void;
  dismissInterruption(): void;
}

export function createFeedStore(streamId: string): FeedStore {
  const store = createStore<FeedState>(() => ({
    connection: { name: 'connecting' },
    entries: [],
    removed: [],
    viewers: null,
    status: null,
    title: null,
    interruption: null,
  }));

  return {
    ...store,
    setConnection: (connection) => store.setState({ connection }),
    dismissInterruption: () => store.setState({ interruption: null }),
    receivePosted: ({ cursor, ...comment }) => {
      if (comment.streamId === streamId)
        store.setState(({ entries, removed }) => ({
          entries: without(mergeBatch(entries, [comment], cursor), removed),
        }));
    },
    receive: (message) => {
      if (streamOf(message) === streamId) store.setState((state) => next(state, message));
    },
  };
}

function streamOf(message: ServerMessage): string {
  return message.type === 'stream_state' ? message.payload.id : message.payload.streamId;
}

function next(state: FeedState, message: ServerMessage): Partial<FeedState> {
  switch (message.type) {
    case 'comments_batch': {
      const { comments, cursor } = message.payload;
      return { entries: without(mergeBatch(state.entries, comments, cursor), state.removed) };
    }
    case 'comment_removed': {
      const removed = remember(state.removed, message.payload.commentId);
      return { removed, entries: without(state.entries, removed) };
    }
    case 'viewer_count':
      return { viewers: message.payload.count };
    case 'stream_state':
      return { status: message.payload.status, title: message.payload.title };
    case 'reset':
      return {
        entries: [],
        removed: [],
        interruption: message.payload.reason === 'new_epoch' ? 'new_epoch' : 'too_far_behind',
      };
    case 'gap':
      return { interruption: 'gap' };
  }
}
