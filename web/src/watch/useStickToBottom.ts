import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Entry } from '../feed';

/** Nearer to the end than this counts as being there: zoom and fractions of pixels leave a rest. */
const slackPx = 24;

interface StickToBottom {
  scroller: RefObject<HTMLDivElement | null>;
  isAtBottom: boolean;
  /** How many comments came below the reader since they scrolled up. */
  unseen: number;
  onScroll(): void;
  jumpToBottom(): void;
}

/** Keeps a scrolled list at its end as it grows, unless the reader has scrolled up. */
export function useStickToBottom(entries: readonly Entry[]): StickToBottom {
  const scroller = useRef<HTMLDivElement>(null);
  const [isAtBottom, setAtBottom] = useState(true);
  const lastSeenId = useRef<string | null>(null);
  // Told apart by the reader's own scrolling only: growth moves the end away, and must not count.
  const sticks = useRef(true);

  const toEnd = useCallback(() => {
    const element = scroller.current;
    if (element) element.scrollTop = element.scrollHeight;
  }, []);

  useLayoutEffect(() => {
    if (!sticks.current) return;
    lastSeenId.current = entries.at(-1)?.comment.id ?? null;
    toEnd();
  }, [entries, toEnd]);

  // A keyboard on a phone, a turned screen or a growing comment box changes the height.
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      if (sticks.current) toEnd();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [toEnd]);

  const lastTop = useRef(0);
  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const fromEnd = element.scrollHeight - element.clientHeight - element.scrollTop;
    const movedUp = element.scrollTop < lastTop.current;
    lastTop.current = element.scrollTop;
    // Growth below us raises a scroll event, too, when it follows our own move to the end: only up lets go.
    if (fromEnd <= slackPx) sticks.current = true;
    else if (movedUp) sticks.current = false;
    if (sticks.current) lastSeenId.current = entries.at(-1)?.comment.id ?? null;
    setAtBottom(sticks.current);
  };

  const jumpToBottom = () => {
    sticks.current = true;
    setAtBottom(true);
    toEnd();
    // The button that had the focus is about to go.
    scroller.current?.focus({ preventScroll: true });
  };

  return {
    scroller,
    isAtBottom,
    unseen: isAtBottom ? 0 : countAfter(entries, lastSeenId.current),
    onScroll,
    jumpToBottom,
  };
}

function countAfter(entries: readonly Entry[], id: string | null): number {
  const index = entries.findLastIndex((entry) => entry.comment.id === id);
  return entries.length - 1 - index;
}
