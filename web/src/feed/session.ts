import { isSession } from './api';
import { parseObject } from './decode';
import type { Session } from './protocol';

const storedAs = 'live-comments session';

/**
 * Keeps a session for this tab, over reloads: queued comments go on as the person who wrote them. sessionStorage is
 * this tab's alone and goes with it; localStorage would hand the token to every tab and every later visit.
 */
export function keepSession(session: Session | null): void {
  try {
    if (session) sessionStorage.setItem(storedAs, JSON.stringify(session));
    else sessionStorage.removeItem(storedAs);
  } catch {
    // A browser that keeps nothing asks for the name again.
  }
}

/** The session that this tab kept, unless it has expired. */
export function keptSession(nowMs = Date.now()): Session | null {
  try {
    const kept = parseObject(sessionStorage.getItem(storedAs) ?? '');
    return kept && isSession(kept) && Date.parse(String(kept.expiresAt)) > nowMs
      ? (kept as unknown as Session)
      : null;
  } catch {
    return null;
  }
}
