import { comparePositions, type Position, parseCursor } from './cursor';
import type { Comment, Cursor } from './protocol';

/** A page that shows more slows down, and nobody reads back further in a live chat. */
export const maxComments = 500;

/** What a reader who goes back may gather before the newest are let go of: four times what is kept otherwise. */
export const maxCommentsReadingBack = 4 * maxComments;

export interface Entry {
  readonly comment: Comment;
  /** The end of the batch that placed it … */
  readonly end: Position;
  /** … and its place in that batch counted from the end: -1 is the last. */
  readonly fromEnd: number;
  /** Comments before this one were lost for good. */
  readonly gapBefore: boolean;
  /** Known from the answer to an own post alone: what is before it need not have come yet. */
  readonly isAlone: boolean;
}

/**
 * Merges consecutive comments that end at `cursor` into entries in log order; each id stays once, and the
 * newest `limit` stay.
 *
 * A comment doesn't carry its own sequence, only its batch does. When it comes in several batches, the one
 * that ends last places it. That gives log order however batches overlap, repeat or arrive out of order: if x
 * is before y, then a batch that has x and ends later than y's place also has y, so y is never placed by an
 * earlier end than x; and with the same end, the count from the end decides, which doesn't depend on where
 * the batch began. A comment with a cursor of its own, as the REST interface gives it, is a batch of one.
 *
 * Returns the same array when nothing changed.
 */
export function mergeBatch(
  entries: readonly Entry[],
  comments: readonly Comment[],
  cursor: Cursor,
  limit = maxComments,
): readonly Entry[] {
  return merge(entries, placeBatch(comments, cursor), limit);
}

/** The same for those with which a line begins afresh: what was before them need not follow on. */
export function joinBatch(
  entries: readonly Entry[],
  comments: readonly Comment[],
  cursor: Cursor,
  limit = maxComments,
): readonly Entry[] {
  return join(entries, placeBatch(comments, cursor), limit);
}

function placeBatch(comments: readonly Comment[], cursor: Cursor): readonly Entry[] {
  const end = parseCursor(cursor);
  if (!end) return [];
  return comments.map((comment, index) => ({
    comment,
    end,
    fromEnd: index - comments.length,
    gapBefore: false,
    isAlone: false,
  }));
}

/** Merges comments that carry a cursor of their own; those without one have no place and are left out. */
export function mergePlaced(
  entries: readonly Entry[],
  comments: readonly Comment[],
  limit = maxComments,
  isAlone = false,
): readonly Entry[] {
  const placed: Entry[] = [];
  for (const comment of comments) {
    const end = comment.cursor === undefined ? null : parseCursor(comment.cursor);
    if (end) placed.push({ comment, end, fromEnd: -1, gapBefore: false, isAlone });
  }
  return merge(entries, placed, limit);
}

/**
 * Joins two lists of which each is whole in itself, but for what is alone. When neither ends in the other there may be
 * a hole between them: then the later one stands, with what is alone behind it.
 */
export function join(
  entries: readonly Entry[],
  others: readonly Entry[],
  limit = maxComments,
): readonly Entry[] {
  const ours = entries.filter(({ isAlone }) => !isAlone);
  const theirs = others.filter(({ isAlone }) => !isAlone);
  const last = ours.at(-1);
  const theirLast = theirs.at(-1);
  if (theirLast && !(last && (has(theirs, last) || has(ours, theirLast)))) {
    const isLater = !last || compareEntries(theirLast, last) > 0;
    const end = isLater ? theirLast : last;
    const alone = [...entries, ...others].filter(
      (entry) => entry.isAlone && comparePositions(entry.end, end.end) > 0,
    );
    return merge(isLater ? theirs : ours, alone, limit);
  }
  return merge(entries, others, limit);
}

function has(list: readonly Entry[], { comment }: Entry): boolean {
  return list.some((entry) => entry.comment.id === comment.id);
}

function merge(entries: readonly Entry[], more: readonly Entry[], limit = maxComments): readonly Entry[] {
  if (more.length === 0) return cut(entries, limit);
  const byId = new Map(entries.map((entry) => [entry.comment.id, entry]));
  let changed = false;
  for (const entry of more) {
    const known = byId.get(entry.comment.id);
    const isAlone = entry.isAlone && (known?.isAlone ?? true);
    const isPlaced = known !== undefined && compareEntries(known, entry) >= 0;
    if (isPlaced && known.isAlone === isAlone) continue;
    const place = isPlaced ? known : entry;
    byId.set(entry.comment.id, { ...place, comment: known?.comment ?? entry.comment, isAlone });
    changed = true;
  }
  if (!changed) return cut(entries, limit);
  return cut([...byId.values()].sort(compareEntries), limit);
}

/** The newest `limit` of them; the same array when there are no more. */
export function cut(entries: readonly Entry[], limit: number): readonly Entry[] {
  return entries.length <= limit ? entries : entries.slice(-limit);
}

/** A comment that was taken away: which version of it, by where that had been brought back from; null for the first. */
export interface Removal {
  readonly id: string;
  readonly from: Cursor | null;
}

/** Remembers what was taken away; as many as could still be shown, the oldest are forgotten first. */
export function remember(removed: readonly Removal[], { id, from }: Removal): readonly Removal[] {
  const known = removed.find((removal) => removal.id === id);
  if (known && !isNewer(from, known.from)) return removed;
  return [...removed.filter((removal) => removal !== known), { id, from }].slice(-maxComments);
}

/** Whether the comment was taken away, and has not been brought back since. */
export function isRemoved(removed: readonly Removal[], comment: Comment): boolean {
  const known = removed.find(({ id }) => id === comment.id);
  return known !== undefined && !isNewer(comment.restoredFrom ?? null, known.from);
}

function isNewer(from: Cursor | null, other: Cursor | null): boolean {
  const position = from === null ? null : parseCursor(from);
  const otherPosition = other === null ? null : parseCursor(other);
  return position !== null && (otherPosition === null || comparePositions(position, otherPosition) > 0);
}

/** The entries that were not taken away; the same array when none was. */
export function without(entries: readonly Entry[], removed: readonly Removal[]): readonly Entry[] {
  if (removed.length === 0) return entries;
  const gone = new Map(removed.map((removal) => [removal.id, removal.from]));
  const kept = entries.filter(({ comment }) => {
    const from = gone.get(comment.id);
    return from === undefined || isNewer(comment.restoredFrom ?? null, from);
  });
  return kept.length === entries.length ? entries : kept;
}

/** Marks the first entry behind each gap; the same array when all are marked so. */
export function markGaps(entries: readonly Entry[], gaps: readonly Position[]): readonly Entry[] {
  if (gaps.length === 0) return entries;
  const behind = new Set(
    gaps
      .map((gap) => entries.findIndex((entry) => comparePositions(entry.end, gap) > 0))
      // Before the first entry there is nothing to part it from.
      .filter((index) => index > 0),
  );
  if (entries.every((entry, index) => entry.gapBefore === behind.has(index))) return entries;
  return entries.map((entry, index) =>
    entry.gapBefore === behind.has(index) ? entry : { ...entry, gapBefore: behind.has(index) },
  );
}

/** Puts another version of a comment in its place; the same array when it isn't there. */
export function replaceComment(
  entries: readonly Entry[],
  id: string,
  change: (comment: Comment) => Comment,
): readonly Entry[] {
  const index = entries.findIndex((entry) => entry.comment.id === id);
  const entry = entries[index];
  if (!entry) return entries;
  const changed = change(entry.comment);
  return changed === entry.comment ? entries : entries.with(index, { ...entry, comment: changed });
}

function compareEntries(a: Entry, b: Entry): number {
  return comparePositions(a.end, b.end) || a.fromEnd - b.fromEnd;
}
