import type { ModerationAct, StreamSettings } from '../../feed/contracts';
import { deskStrings as strings } from '../strings';

/** What an act changed of the settings, before and after. */
export function changesOf(act: Pick<ModerationAct, 'before' | 'after'>): string[] {
  const { before, after } = act;
  if (!after) return [];
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after)]) as Set<keyof StreamSettings>;
  return [...names]
    .filter((name) => before?.[name] !== after[name])
    .map((name) => strings.changed(name, describe(before?.[name]), describe(after[name])));
}

function describe(value: unknown): string {
  if (value === true) return strings.on;
  if (value === undefined || value === false) return strings.off;
  return String(value);
}
