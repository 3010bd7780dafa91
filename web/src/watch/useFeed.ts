import { useEffect, useLayoutEffect, useState, useSyncExternalStore } from 'react';
import { type Feed, type FeedState, initialState, keptSession, openFeed } from '../feed';

interface WatchedFeed {
  readonly feed: Feed | null;
  readonly state: FeedState;
}

const notOpenedYet = initialState();
const noSubscription = () => () => {};
const notOpened = () => notOpenedYet;

/** A stream's feed for as long as the component stands. */
export function useFeed(streamId: string): WatchedFeed {
  const [feed, setFeed] = useState<Feed | null>(null);
  useEffect(() => {
    const opened = openFeed({ streamId, session: keptSession() });
    setFeed(opened);
    return opened.close;
  }, [streamId]);
  useLayoutEffect(() => feed?.painted());
  const state = useSyncExternalStore(
    feed?.store.subscribe ?? noSubscription,
    feed?.store.getState ?? notOpened,
  );
  return { feed, state };
}
