import { useEffect, useState, useSyncExternalStore } from 'react';
import { type Feed, type FeedState, openFeed } from '../feed';

interface WatchedFeed {
  readonly feed: Feed | null;
  readonly state: FeedState;
}

const notOpenedYet: FeedState = {
  connection: { name: 'connecting' },
  entries: [],
  removed: [],
  viewers: null,
  status: null,
  title: null,
  interruption: null,
};
const noSubscription = () => () => {};
const notOpened = () => notOpenedYet;

/** A stream's feed for as long as the component stands. */
export function useFeed(streamId: string): WatchedFeed {
  const [feed, setFeed] = useState<Feed | null>(null);
  useEffect(() => {
    const opened = openFeed(streamId);
    setFeed(opened);
    return opened.close;
  }, [streamId]);
  const state = useSyncExternalStore(
    feed?.store.subscribe ?? noSubscription,
    feed?.store.getState ?? notOpened,
  );
  return { feed, state };
}
