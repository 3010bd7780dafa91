import type { QueuedComment } from '../../feed/contracts';

/** About what nobody has seen yet: approve, reject. About what viewers reported: keep, hide, delete. */
export type Decision = 'approve' | 'reject' | 'keep' | 'hide' | 'delete';

/** Leaves what one has taken to others. */
export const giveBackKey = 'g';

interface DecisionKey {
  readonly decision: Decision;
  readonly key: string;
}

const ofHeld: readonly DecisionKey[] = [
  { decision: 'approve', key: 'a' },
  { decision: 'reject', key: 'r' },
];

const ofPublished: readonly DecisionKey[] = [
  { decision: 'keep', key: 'k' },
  { decision: 'hide', key: 'h' },
  { decision: 'delete', key: 'd' },
];

export function decisionsFor(one: Pick<QueuedComment, 'isPublished'>): readonly DecisionKey[] {
  return one.isPublished ? ofPublished : ofHeld;
}
