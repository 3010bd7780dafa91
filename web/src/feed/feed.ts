import { browserEnvironment, type ConnectionEnvironment, openConnection } from './connection';
import { createFeedStore, type FeedStore } from './store';

/** One stream's live comments: a store to subscribe to, kept up to date until it is closed. */
export interface Feed {
  readonly streamId: string;
  readonly store: FeedStore;
  retryNow(): void;
  close(): void;
}

export function openFeed(
  streamId: string,
  environment: ConnectionEnvironment = browserEnvironment,
  getTicket?: () => Promise<string | null>,
): Feed {
  const store = createFeedStore(streamId);
  const connection = openConnection(
    streamId,
    { onState: store.setConnection, onMessage: store.receive },
    environment,
    getTicket,
  );
  return { streamId, store, retryNow: connection.retryNow, close: connection.close };
}
