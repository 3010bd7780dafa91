import { useMemo, useState } from 'react';
import type { Entry } from '../../feed';

/** As many of the newest as one can look through; more only slows the page down. */
export const maxRows = 100;

interface Still {
  readonly rows: readonly Entry[];
  /** How many came since the list stands still. */
  readonly unseen: number;
  /** The list stands still while somebody is at it: nothing runs away from a key or a click. */
  hold(isHeld: boolean): void;
  /** What came since is shown, too. */
  catchUp(): void;
}

/** The newest comments; while it is held the same ones, without those that were taken away since and as they are now. */
export function useStill(entries: readonly Entry[]): Still {
  const [held, setHeld] = useState<readonly Entry[] | null>(null);
  const rows = useMemo(() => (held ? since(held, entries) : entries.slice(-maxRows)), [held, entries]);
  const lastId = held?.at(-1)?.comment.id;
  const unseen = useMemo(() => {
    if (!held) return 0;
    const at = entries.findLastIndex((entry) => entry.comment.id === lastId);
    const last = held.at(-1);
    if (at >= 0) return entries.length - 1 - at;
    return last ? entries.filter((entry) => isAfter(entry, last)).length : entries.length;
  }, [held, entries, lastId]);

  return {
    rows,
    unseen,
    hold: (isHeld) => setHeld((before) => (isHeld ? (before ?? entries.slice(-maxRows)) : null)),
    catchUp: () => setHeld((before) => (before ? entries.slice(-maxRows) : null)),
  };
}

/** The held rows as they are now. What is older than everything that is still kept was let go of, not taken away. */
export function since(held: readonly Entry[], entries: readonly Entry[]): readonly Entry[] {
  const now = new Map(entries.map((entry) => [entry.comment.id, entry]));
  const first = entries[0];
  const rows: Entry[] = [];
  for (const row of held) {
    const entry = now.get(row.comment.id);
    if (entry) rows.push(entry);
    else if (first && isAfter(first, row)) rows.push(row);
  }
  return rows;
}

function isAfter(a: Entry, b: Entry): boolean {
  return (
    a.end.epoch > b.end.epoch ||
    (a.end.epoch === b.end.epoch &&
      (a.end.sequence > b.end.sequence || (a.end.sequence === b.end.sequence && a.fromEnd > b.fromEnd)))
  );
}
