import type { FeedEnvironment } from '../environment';
import type { Cursor, ServerMessage } from '../protocol';
import type { TransportName } from '../state';

/** Where a line begins, and as whom. */
export interface LineTarget {
  readonly baseUrl: string;
  readonly streamId: string;
  /** Resumes behind it; null starts afresh. */
  readonly cursor: Cursor | null;
  /** Good for one line; null comes as nobody. */
  readonly ticket: string | null;
  /** For what can send headers. */
  readonly token: string | null;
}

/** Why a line ended. */
export interface Loss {
  /** False: the service asks not to be asked again by itself. */
  readonly mayReturn: boolean;
  readonly code: string | null;
  readonly retryAfterMs: number | null;
  /** What the service said to it, for a person. */
  readonly message?: string | undefined;
}

export interface LineEvents {
  /** The service answers; again after a stutter. */
  onOpen(): void;
  /** Lost for the moment; it is being mended by the line itself. */
  onStutter(): void;
  /** `message` is null for what only moves the cursor. */
  onMessage(message: ServerMessage | null, cursor: Cursor | null): void;
  /** Once, and nothing after it. */
  onLost(loss: Loss): void;
}

/** One connection by one transport. It never comes back by itself after it was lost. */
export interface Line {
  /** Says nothing more. */
  close(): void;
}

export type OpenLine = (target: LineTarget, events: LineEvents, environment: FeedEnvironment) => Line;

/** The service has sent the user away: coming back by the same name would change nothing. */
export const banned = 'BANNED';

export const lost: Loss = { mayReturn: true, code: null, retryAfterMs: null };

/** What is tried in turn, for each choice: the last one works wherever a page could be loaded. */
export const ladders: Readonly<Record<TransportName, readonly TransportName[]>> = {
  websocket: ['websocket', 'sse', 'poll'],
  sse: ['sse', 'poll'],
  poll: ['poll'],
};

/** `/live/streams/{id}/…` with what the transport asks for. */
export function liveAddress(
  { baseUrl, streamId, cursor, ticket }: LineTarget,
  what: string,
  more: Record<string, string> = {},
): string {
  const query = new URLSearchParams();
  if (cursor !== null) query.set('cursor', cursor);
  if (ticket !== null) query.set('ticket', ticket);
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  const search = query.toString();
  return `${baseUrl}/live/streams/${encodeURIComponent(streamId)}/${what}${search === '' ? '' : `?${search}`}`;
}
