import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Nearer to the end than this counts as being there: zoom and fractions of pixels leave a rest. */
const slackPx = 24;

/** A short comment with its name; only the first guess, each is measured once it is there. */
const estimatedPx = 52;

/** Drawn beyond the window's edges, so that a flick finds comments and not emptiness. */
const overscan = 8;

/** So near to the beginning, what is older is asked for: it is there before the reader is. */
const olderFromPx = 800;

/** So many sizes of rows that are gone are borne with; a busy stream leaves thousands behind in a minute. */
const maxStaleSizes = 1_000;

interface ChatList {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly virtualizer: Virtualizer<HTMLDivElement, HTMLDivElement>;
  readonly isAtEnd: boolean;
  /** How many came below the reader since they left the end. */
  readonly unseen: number;
  onScroll(): void;
  toEnd(): void;
  /** The reader's own comment is the last: they want to see it there. */
  showEnd(): void;
  /** Somebody goes through the rows by key: the end is left, however near it is. */
  leaveEnd(): void;
  /** While held it doesn't follow its end: somebody is about to press something in a row, which must not run away. */
  hold(isHeld: boolean): void;
}

interface ChatListOptions {
  /** Of all rows, in order; each row's own and never another's. */
  readonly keys: readonly string[];
  /** Drawn wherever the window is, since the focus is in it. */
  readonly keptIndex: number;
  onAtEnd(isAtEnd: boolean): void;
  onNearBeginning(): void;
}

/**
 * A virtual list with its newest row at the bottom, as in a chat:
 * - at its end it follows what comes, and stays there however rows and the window change their size;
 * - elsewhere the row that is being read stands still, whatever comes below or is loaded above it.
 */
export function useChatList({ keys, keptIndex, onAtEnd, onNearBeginning }: ChatListOptions): ChatList {
  const scroller = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const [lastSeen, setLastSeen] = useState<string | null>(null);
  // Told apart by the reader's own scrolling only: growth moves the end away, and must not count.
  const sticks = useRef(true);
  const [isHeld, setHeld] = useState(false);
  const lastTop = useRef(0);
  const lastKey = keys.at(-1) ?? null;

  const virtualizer = useVirtualizer<HTMLDivElement, HTMLDivElement>({
    count: keys.length,
    getScrollElement: () => scroller.current,
    getItemKey: useCallback((index: number) => keys[index] ?? index, [keys]),
    estimateSize: () => estimatedPx,
    rangeExtractor: ({ startIndex, endIndex, overscan: around, count }) => {
      const first = Math.max(0, startIndex - around);
      const last = Math.min(count - 1, endIndex + around);
      const indexes = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
      if (keptIndex < 0 || keptIndex >= count || (keptIndex >= first && keptIndex <= last)) return indexes;
      return keptIndex < first ? [keptIndex, ...indexes] : [...indexes, keptIndex];
    },
    overscan,
    paddingStart: 10,
    paddingEnd: 10,
    anchorTo: 'end',
    followOnAppend: !isHeld,
    scrollEndThreshold: slackPx,
  });

  // It remembers the size of every row that ever was.
  useEffect(() => {
    const sizes = virtualizer.itemSizeCache;
    if (sizes.size <= keys.length + maxStaleSizes) return;
    const present = new Set<unknown>(keys);
    for (const key of sizes.keys()) if (!present.has(key)) sizes.delete(key);
  }, [virtualizer, keys]);

  const goToEnd = useCallback(() => {
    if (keys.length > 0 && !isHeld) virtualizer.scrollToEnd();
  }, [virtualizer, keys.length, isHeld]);

  const changeAtEnd = (value: boolean) => {
    if (sticks.current === value) return;
    sticks.current = value;
    setAtEnd(value);
    onAtEnd(value);
    if (!value) setLastSeen(lastKey);
  };

  // What the list itself didn't follow, as its first rows, or those that come while others are being measured.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the last row is what calls for it
  useLayoutEffect(() => {
    if (sticks.current) goToEnd();
  }, [lastKey, goToEnd]);

  // A keyboard on a phone, a turned screen or a growing comment box changes the height.
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      if (sticks.current) goToEnd();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [goToEnd]);

  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const fromEnd = element.scrollHeight - element.clientHeight - element.scrollTop;
    const movedUp = element.scrollTop < lastTop.current - 1;
    lastTop.current = element.scrollTop;
    // Growth below us raises a scroll event, too, when it follows our own move to the end: only up lets go.
    if (fromEnd <= slackPx) changeAtEnd(true);
    else if (movedUp) changeAtEnd(false);
    if (movedUp && !sticks.current && element.scrollTop <= olderFromPx) onNearBeginning();
  };

  const showEnd = () => {
    changeAtEnd(true);
    goToEnd();
  };

  const toEnd = () => {
    showEnd();
    // The button that had the focus is about to go.
    scroller.current?.focus({ preventScroll: true });
  };

  return {
    scroller,
    virtualizer,
    isAtEnd,
    unseen: isAtEnd || lastSeen === null ? 0 : keys.length - 1 - keys.lastIndexOf(lastSeen),
    onScroll,
    toEnd,
    showEnd,
    leaveEnd: () => changeAtEnd(false),
    hold: setHeld,
  };
}
