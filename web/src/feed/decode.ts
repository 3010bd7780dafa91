import { parseCursor } from './cursor';
import type { Comment, MessageType, Problem, ServerMessage } from './protocol';

/** The types this client understands, which are also the SSE event names it listens to. */
export const messageTypes: readonly MessageType[] = [
  'comments_batch',
  'comment_removed',
  'viewer_count',
  'stream_state',
  'reset',
  'gap',
];

/**
 * A message off the wire, or null for what this client doesn't know or can't use. A newer server may send
 * more types and members than are known here, so only what the feed relies on is checked.
 */
export function decodeMessage(text: string): ServerMessage | null {
  const message = parseObject(text);
  const payload = message?.payload;
  if (!message || !isObject(payload)) return null;
  return isUsable(message.type, payload) ? (message as unknown as ServerMessage) : null;
}

function isUsable(type: unknown, payload: Record<string, unknown>): boolean {
  switch (type) {
    case 'comments_batch':
      return (
        typeof payload.streamId === 'string' &&
        typeof payload.cursor === 'string' &&
        parseCursor(payload.cursor) !== null &&
        Array.isArray(payload.comments) &&
        payload.comments.every(isComment)
      );
    case 'comment_removed':
      return typeof payload.streamId === 'string' && typeof payload.commentId === 'string';
    case 'viewer_count':
      return typeof payload.streamId === 'string' && typeof payload.count === 'number';
    case 'stream_state':
      return isStreamInfo(payload);
    case 'reset':
    case 'gap':
      return typeof payload.streamId === 'string';
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

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
