import { strings } from './strings';

/** Numbers and moments in the words of the viewer's own language and time zone. */
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const age = new Intl.RelativeTimeFormat(strings.language, { numeric: 'auto' });

/** The furthest from 1970 that a Date can be. */
const maxTimeMs = 8.64e15;

export function compactNumber(value: number): string {
  return compact.format(value);
}

/** A moment: the clock for today's, with the day for others. */
export function describeTime(timeMs: number, now = new Date()): { iso: string; short: string; full: string } {
  const date = new Date(Math.min(Math.max(timeMs, -maxTimeMs), maxTimeMs));
  const isToday = date.toDateString() === now.toDateString();
  return {
    iso: date.toISOString(),
    short: (isToday ? clock : dayAndClock).format(date),
    full: full.format(date),
  };
}

/** How long ago, in the largest unit that fits: “5 minutes ago”. */
export function describeAge(timeMs: number, nowMs = Date.now()): string {
  const seconds = Math.round((timeMs - nowMs) / 1000);
  if (!Number.isFinite(seconds)) return '';
  for (const [unit, size] of [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const)
    if (Math.abs(seconds) >= size) return age.format(Math.trunc(seconds / size), unit);
  return age.format(0, 'minute');
}

/** Whole seconds until then; never negative. */
export function secondsUntil(timeMs: number, nowMs = Date.now()): number {
  return Math.max(0, Math.ceil((timeMs - nowMs) / 1000));
}
