import { strings } from '../strings';

/** Why it didn't work, in words for the viewer. */
export function describeFailure(failure: { readonly code: string; readonly message: string }): string {
  return strings.refusals[failure.code] ?? failure.message;
}
