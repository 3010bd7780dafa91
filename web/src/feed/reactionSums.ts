import type { ReactionSums } from './state';

/** Types that nobody uses are left out. */
export function added(
  counts: Readonly<Record<string, number>>,
  changes: Readonly<Record<string, number>>,
): Record<string, number> {
  const sums: Record<string, number> = { ...counts };
  for (const [type, change] of Object.entries(changes)) {
    sums[type] = (sums[type] ?? 0) + change;
    if (sums[type] <= 0) delete sums[type];
  }
  return sums;
}

/** The sums after these changes. */
export function withSum(sums: ReactionSums, changes: Readonly<Record<string, number>>): ReactionSums {
  const values = Object.values(changes);
  if (values.every((change) => change === 0)) return sums;
  return {
    counts: added(sums.counts as Record<string, number>, changes),
    total: Math.max(
      0,
      values.reduce((sum, change) => sum + change, sums.total),
    ),
  };
}
