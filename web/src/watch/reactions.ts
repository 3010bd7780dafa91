import type { ReactionType } from '../feed';

/** The six, in the order in which they are offered. */
export const reactionTypes: readonly ReactionType[] = ['like', 'love', 'haha', 'wow', 'sad', 'angry'];

export const reactionGlyphs: Readonly<Record<ReactionType, string>> = {
  like: '👍',
  love: '❤️',
  haha: '😄',
  wow: '😮',
  sad: '😢',
  angry: '😡',
};

/** What a comment has, in the order of the six; types that nobody used, or that this page doesn't know, are left out. */
export function countsInOrder(
  counts: Readonly<Record<string, number>>,
): { type: ReactionType; count: number }[] {
  return reactionTypes.map((type) => ({ type, count: counts[type] ?? 0 })).filter(({ count }) => count > 0);
}
