import type { StreamAnalytics } from '../feed/contracts';

/** Counts of steps as counts of a minute. */
export function perMinute(counts: readonly number[], stepSeconds: number): number[] {
  return counts.map((count) => (count * 60) / stepSeconds);
}

type Counts = Pick<StreamAnalytics, 'comments' | 'held' | 'approved' | 'rejected' | 'dropped'>;

/**
 * Of all that people tried to post in a step, what was held and what was refused or dropped; null where nobody tried.
 * What was held and let pass is among the comments as well, and counts once.
 */
export function shares(now: Counts): { held: (number | null)[]; rejected: (number | null)[] } {
  const tried = now.comments.map(
    (shown, at) =>
      Math.max(0, shown - (now.approved[at] ?? 0)) +
      (now.held[at] ?? 0) +
      (now.rejected[at] ?? 0) +
      (now.dropped[at] ?? 0),
  );
  const share = (counts: readonly number[]) =>
    tried.map((all, at) => (all === 0 ? null : (counts[at] ?? 0) / all));
  return {
    held: share(now.held),
    rejected: share(now.rejected.map((count, at) => count + (now.dropped[at] ?? 0))),
  };
}
