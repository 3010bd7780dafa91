import { decodeMessage, messageTypes } from '../decode';
import type { ServerError } from '../protocol';
import { type Line, type LineEvents, type LineTarget, liveAddress, lost, type OpenLine } from './transport';

/** EventSource.CLOSED, which isn't there where EventSource isn't. */
const closedForGood = 2;

/**
 * Server-sent events.
 *
 * A line that breaks is first the browser's own affair: EventSource comes back after as long as the service asked
 * for (a node that stops spreads its viewers so) and sends Last-Event-ID. It tries without end, at the same pace,
 * so when its first try fails, too, we take over. It gives up for good on an HTTP error, such as a gateway's 503.
 * Whoever came by a ticket would come back by the cookie that it left, which by then may be somebody else's: another
 * user's in another tab. So they need a new one.
 */
export const openSse: OpenLine = (target: LineTarget, events: LineEvents, environment): Line => {
  const source = environment.openEventSource(liveAddress(target, 'events'));
  let isMending = false;
  let error: ServerError | null = null;

  const close = () => {
    source.onopen = source.onerror = null;
    for (const type of messageTypes) source.removeEventListener(type, receive);
    source.close();
  };
  const lose = () => {
    close();
    events.onLost({ ...lost, code: error?.code ?? null, message: error?.message });
  };
  const receive = (event: MessageEvent<string>) => {
    const { message } = decodeMessage(event.data);
    // A reset has no place of its own; browsers repeat the id before it, which is one of those to forget.
    const cursor = message?.type === 'reset' || event.lastEventId === '' ? null : event.lastEventId;
    events.onMessage(message, cursor);
  };

  source.onopen = () => {
    isMending = false;
    events.onOpen();
  };
  source.onerror = (event: Event) => {
    // The service's own event of that name has data, and says why the line ends.
    if (event instanceof MessageEvent) {
      error = decodeMessage(String(event.data)).error;
      return;
    }
    // Whoever was told to go must not come back under the same name.
    if (isMending || error !== null || target.ticket !== null || source.readyState === closedForGood) lose();
    else {
      isMending = true;
      events.onStutter();
    }
  };
  for (const type of messageTypes) source.addEventListener(type, receive);
  return { close };
};
