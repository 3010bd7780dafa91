const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

/** The furthest from 1970 that a Date can be. */
const maxTimeMs = 8.64e15;

/** A moment in the viewer's own language and time zone: the clock for today's, with the day for others. */
export function describeTime(timeMs: number, now = new Date()): { iso: string; short: string; full: string } {
  const date = new Date(Math.min(Math.max(timeMs, -maxTimeMs), maxTimeMs));
  const isToday = date.toDateString() === now.toDateString();
  return {
    iso: date.toISOString(),
    short: (isToday ? clock : dayAndClock).format(date),
    full: full.format(date),
  };
}
