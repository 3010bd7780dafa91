import { parseCursor } from './cursor';
import type { Comment, Cursor, MessageType, Problem, ServerError, ServerMessage } from './protocol';

/** The types this client understands, which are also the SSE event names it listens to. */
export const messageTypes: readonly MessageType[] = [
  'comments_batch',
  'comment_updated',
  'comment_removed',
  'reactions_batch',
  'viewer_count',
  'comment_count',
  'comment_reviewed',
  'stream_state',
  'reset',
  'gap',
];

/** One message off the wire: what it says, and where it leaves the cursor. */
export interface Received {
  /** Null for what this client doesn't know or can't use: it moves the cursor all the same. */
  readonly message: ServerMessage | null;
  /** The service is about to close the connection, and says why. */
  readonly error: ServerError | null;
  /** As the message has it; server-sent events have it beside the message. */
  readonly cursor: Cursor | null;
}

const nothing: Received = { message: null, error: null, cursor: null };

/**
 * A newer server may send more types and members than are known here, so only what the feed relies on is checked.
 */
export function decodeMessage(text: string): Received {
  return readMessage(parseObject(text));
}

export function readMessage(message: unknown): Received {
  if (!isObject(message)) return nothing;
  const cursor = typeof message.cursor === 'string' && parseCursor(message.cursor) ? message.cursor : null;
  const payload = message.payload;
  if (!isObject(payload)) return { ...nothing, cursor };
  if (message.type === 'error' && typeof payload.code === 'string')
    return { ...nothing, cursor, error: payload as unknown as ServerError };
  return isUsable(message.type, payload)
    ? { message: message as unknown as ServerMessage, error: null, cursor }
    : { ...nothing, cursor };
}

function isUsable(type: unknown, payload: Record<string, unknown>): boolean {
  if (type === 'stream_state')
    return (
      isStreamInfo(payload) &&
      (payload.settings === undefined || isObject(payload.settings)) &&
      (payload.load === undefined || (isObject(payload.load) && typeof payload.load.level === 'string'))
    );
  if (typeof payload.streamId !== 'string') return false;
  switch (type) {
    case 'comments_batch':
      return (
        typeof payload.cursor === 'string' &&
        parseCursor(payload.cursor) !== null &&
        Array.isArray(payload.comments) &&
        payload.comments.every(isComment)
      );
    case 'comment_updated':
      return (
        typeof payload.commentId === 'string' &&
        isCounts(payload.reactionChanges) &&
        isFlag(payload.isPinned) &&
        isFlag(payload.isHighlighted)
      );
    case 'comment_removed':
      return typeof payload.commentId === 'string';
    case 'reactions_batch':
      return isCounts(payload.counts);
    case 'viewer_count':
    case 'comment_count':
      return typeof payload.count === 'number';
    case 'comment_reviewed':
      return (
        typeof payload.commentId === 'string' &&
        (payload.status === 'approved' || payload.status === 'rejected')
      );
    case 'reset':
    case 'gap':
      return true;
    default:
      return false;
  }
}

export function isComment(value: unknown): value is Comment {
  return (
    isObject(value) &&
    typeof value.id === 'string' &&
    typeof value.userId === 'string' &&
    typeof value.username === 'string' &&
    typeof value.content === 'string' &&
    typeof value.createdAt === 'number'
  );
}

export function isCommentPage(value: Record<string, unknown>): boolean {
  return Array.isArray(value.comments) && value.comments.every(isComment);
}

export function isCounts(value: unknown): value is Record<string, number> {
  return isObject(value) && Object.values(value).every((count) => typeof count === 'number');
}

function isFlag(value: unknown): boolean {
  return value === undefined || typeof value === 'boolean';
}

export function isStreamInfo(value: Record<string, unknown>): boolean {
  return (
    typeof value.id === 'string' &&
    typeof value.title === 'string' &&
    (value.status === 'scheduled' || value.status === 'live' || value.status === 'ended')
  );
}

/** Problem details, or null when the answer came from something else, such as a proxy's error page. */
export function decodeProblem(text: string): Problem | null {
  const problem = parseObject(text);
  return problem && typeof problem.code === 'string' && typeof problem.title === 'string'
    ? (problem as unknown as Problem)
    : null;
}

export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
