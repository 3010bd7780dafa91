import { comparePositions, type Position, parseCursor } from './cursor';
import type { Comment, Cursor } from './protocol';

/** A page that shows more slows down, and nobody reads back further in a live chat. */
export const maxComments = 500;

export interface Entry {
  readonly comment: Comment;
  /** The end of the batch that placed it … */
  readonly end: Position;
  /** … and its place in that batch counted from the end: -1 is the last. */
  readonly fromEnd: number;
}

/**
 * Merges consecutive comments that end at `cursor` into entries in log order; each id stays once, the newest
 * `maxComments` stay.
 *
 * A comment doesn't carry its own sequence, only its batch does. When it comes in several batches, the one
 * that ends last places it. That gives log order however batches overlap, repeat or arrive out of order: if x
 * is before y, then a batch that has x and ends later than y's place also has y, so y is never placed by an
 * earlier end than x; and with the same end, the count from the end decides, which doesn't depend on where
 * the batch began. The answer to an own post is a batch of one.
 *
 * Returns the same array when nothing changed.
 */
export function mergeBatch(
  entries: readonly Entry[],
  comments: readonly Comment[],
  cursor: Cursor,
): readonly Entry[] {
  const end = parseCursor(cursor);
  if (!end || comments.length === 0) return entries;

  const byId = new Map(entries.map((entry) => [entry.comment.id, entry]));
  let changed = false;
  for (const [index, comment] of comments.entries()) {
    const known = byId.get(comment.id);
    const entry = { comment: known?.comment ?? comment, end, fromEnd: index - comments.length };
    if (known && compareEntries(known, entry) >= 0) continue;
    byId.set(comment.id, entry);
    changed = true;
  }

  return changed ? [...byId.values()].sort(compareEntries).slice(-maxComments) : entries;
}

/** Remembers an id that was taken back; as many as could still be shown, the oldest are forgotten first. */
export function remember(removed: readonly string[], id: string): readonly string[] {
  return removed.includes(id) ? removed : [...removed, id].slice(-maxComments);
}

/** The entries that were not taken back; the same array when none was. */
export function without(entries: readonly Entry[], removed: readonly string[]): readonly Entry[] {
  if (removed.length === 0) return entries;
  const kept = entries.filter((entry) => !removed.includes(entry.comment.id));
  return kept.length === entries.length ? entries : kept;
}

function compareEntries(a: Entry, b: Entry): number {
  return comparePositions(a.end, b.end) || a.fromEnd - b.fromEnd;
}
