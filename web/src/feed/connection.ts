import { decodeMessage, messageTypes } from './decode';
import type { Cursor, ServerMessage } from './protocol';

export type ConnectionState =
  | { readonly name: 'connecting' }
  | { readonly name: 'open' }
  /** Lost. The browser, or we, will try again; `delayMs` is ours, null when the browser decides. */
  | { readonly name: 'reconnecting'; readonly delayMs: number | null }
  | { readonly name: 'closed' };

export interface ConnectionEvents {
  onState(state: ConnectionState): void;
  onMessage(message: ServerMessage): void;
}

/** The parts of the browser it stands on, so that tests can bring their own. */
export interface ConnectionEnvironment {
  openEventSource(url: string): EventSource;
  random(): number;
  setTimer(action: () => void, delayMs: number): () => void;
}

export interface Connection {
  /** Tries at once instead of waiting out the delay. */
  retryNow(): void;
  close(): void;
}

/** Sooner would press on a server that is just coming back; later would leave viewers in the dark. */
export const minDelayMs = 1_000;
export const maxDelayMs = 30_000;

/** EventSource.CLOSED, which isn't there where EventSource isn't. */
const closedForGood = 2;

export const browserEnvironment: ConnectionEnvironment = {
  openEventSource: (url) => new EventSource(url),
  random: Math.random,
  setTimer: (action, delayMs) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * Keeps one event stream open until it is closed.
 *
 * A lost connection is first the browser's own affair: EventSource reconnects and sends Last-Event-ID. It
 * gives up for good on an HTTP error, such as a gateway's 503; then we open another after a random delay
 * (full jitter, so that thousands of viewers don't return in step) and resume by `?cursor=`.
 *
 * With `getTicket` each connection that we open is somebody's: a ticket is good for one, and the cookie that it
 * leaves for the browser's own reconnects. Without a ticket to be had we come as nobody.
 */
export function openConnection(
  streamId: string,
  events: ConnectionEvents,
  environment: ConnectionEnvironment = browserEnvironment,
  getTicket?: () => Promise<string | null>,
): Connection {
  const address = `/live/streams/${encodeURIComponent(streamId)}/events`;
  let source: EventSource | null = null;
  let cursor: Cursor | null = null;
  let failures = 0;
  let cancelTimer: (() => void) | null = null;
  let closed = false;

  const setState = (state: ConnectionState) => {
    if (!closed) events.onState(state);
  };

  const receive = (event: MessageEvent<string>) => {
    const message = decodeMessage(event.data);
    // What a reset invalidates must not be asked for again; it repeats the id before it, having none itself.
    if (message?.type === 'reset') cursor = null;
    else if (event.lastEventId !== '') cursor = event.lastEventId;
    if (message && !closed) events.onMessage(message);
  };

  const open = () => {
    cancelTimer = null;
    if (!getTicket) openWith(null);
    else
      getTicket()
        .catch(() => null)
        .then((ticket) => {
          if (!closed) openWith(ticket);
        });
  };

  const openWith = (ticket: string | null) => {
    const query = new URLSearchParams();
    if (cursor !== null) query.set('cursor', cursor);
    if (ticket !== null) query.set('ticket', ticket);
    const search = query.toString();
    const opened = environment.openEventSource(search === '' ? address : `${address}?${search}`);
    source = opened;
    opened.onopen = () => {
      failures = 0;
      setState({ name: 'open' });
    };
    opened.onerror = () => {
      if (opened.readyState !== closedForGood) {
        setState({ name: 'reconnecting', delayMs: null });
        return;
      }
      failures++;
      const delayMs = retryDelayMs(failures, environment.random());
      cancelTimer = environment.setTimer(open, delayMs);
      setState({ name: 'reconnecting', delayMs });
    };
    for (const type of messageTypes) opened.addEventListener(type, receive);
  };

  open();

  return {
    retryNow: () => {
      if (!cancelTimer || closed) return;
      cancelTimer();
      setState({ name: 'connecting' });
      open();
    },
    close: () => {
      if (closed) return;
      setState({ name: 'closed' });
      closed = true;
      cancelTimer?.();
      source?.close();
    },
  };
}

/** Full jitter between 1 s and 2, 4, 8, 16, 30 s. */
export function retryDelayMs(failures: number, random: number): number {
  const ceilingMs = Math.min(maxDelayMs, minDelayMs * 2 ** failures);
  return minDelayMs + random * (ceilingMs - minDelayMs);
}
