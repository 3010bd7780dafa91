import type { Failure } from '../feed';
import { strings } from '../strings';

/** Why it didn't work, in words for the viewer. */
export function describeFailure(failure: Failure): string {
  return strings.refusals[failure.code] ?? failure.message;
}
