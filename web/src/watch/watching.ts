import { createContext, useContext, useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { Comment, Feed, FeedState, SanctionKind, Session } from '../feed';

/** What is asked about a comment, or its author, before anything is done. */
export interface Question {
  readonly kind: 'report' | SanctionKind;
  readonly comment: Comment;
}

/** What every part of the watch page shares: the feed, who watches, and where a wish to take part goes. */
export interface Watching {
  readonly feed: Feed;
  readonly session: Session | null;
  /** Somebody wants what only those who joined may do: leads them to the form, and says why. */
  askToJoin(why: string): void;
  /** Something that was asked for didn't happen; said for a while where everybody looks. */
  tell(what: string): void;
  /** Opens a form over the page: it stays when the comment leaves the list. */
  askAbout(question: Question): void;
}

export const WatchingContext = createContext<Watching | null>(null);

export function useWatching(): Watching {
  const watching = useContext(WatchingContext);
  if (!watching) throw new Error('Not inside a watch page.');
  return watching;
}

/** A part of the feed's state; the component is drawn again only when that part changes. */
export function useFeedState<T>(select: (state: FeedState) => T): T {
  return useStore(useWatching().feed.store, select);
}

/** A clock for countdowns: `Date.now()`, again every second while something is waited for. */
export function useNow(isNeeded: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!isNeeded) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isNeeded]);
  return now;
}
