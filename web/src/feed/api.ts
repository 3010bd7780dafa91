import { decodeProblem, isComment, isStreamInfo, parseObject } from './decode';
import type { LiveTicket, PostedComment, Session, StreamInfo } from './protocol';

/** Longer than the service ever takes; a post without an answer by then is asked again under the same key. */
const timeoutMs = 15_000;

/** Why there is no answer to use. `code` is the service's own, or UNREACHABLE / UNEXPECTED. */
export interface Failure {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
}

export type Answer<T> = { readonly ok: true; readonly value: T } | Failure;

export function getStream(streamId: string): Promise<Answer<StreamInfo>> {
  return ask(`/api/streams/${encodeURIComponent(streamId)}`, {}, isStreamInfo);
}

/** A token for anybody who names themselves: the service offers it in Development only. */
export function getDevToken(username: string, displayName: string): Promise<Answer<Session>> {
  return ask(
    '/api/auth/dev-token',
    { method: 'POST', body: JSON.stringify({ username, displayName }) },
    (value) => typeof value.token === 'string' && typeof value.user === 'object' && value.user !== null,
  );
}

/** What lets an event stream, which can send no token, be somebody's. */
export function getTicket(streamId: string, token: string): Promise<Answer<LiveTicket>> {
  return ask(
    '/api/auth/tickets',
    { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: JSON.stringify({ streamId }) },
    (value) => typeof value.ticket === 'string',
  );
}

export function postComment(
  streamId: string,
  token: string,
  idempotencyKey: string,
  content: string,
): Promise<Answer<PostedComment>> {
  return ask(
    `/api/streams/${encodeURIComponent(streamId)}/comments`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': idempotencyKey },
      body: JSON.stringify({ content }),
    },
    (value) => isComment(value) && 'cursor' in value && typeof value.cursor === 'string',
  );
}

async function ask<T>(
  address: string,
  init: RequestInit,
  isUsable: (value: Record<string, unknown>) => boolean,
): Promise<Answer<T>> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(address, {
      ...init,
      headers: { ...(init.body ? { 'content-type': 'application/json' } : {}), ...init.headers },
      signal: AbortSignal.timeout(timeoutMs),
    });
    text = await response.text();
  } catch {
    return failure('UNREACHABLE', 'The service can’t be reached.', true);
  }

  if (response.ok) {
    const value = parseObject(text);
    return value && isUsable(value)
      ? { ok: true, value: value as T }
      : failure('UNEXPECTED', 'The service gave an answer that makes no sense here.', true);
  }

  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'), Date.now());
  const problem = decodeProblem(text);
  return problem
    ? failure(problem.code, problem.detail || problem.title, problem.retryable === true, retryAfterMs)
    : failure(
        response.status === 401 ? 'UNAUTHORIZED' : 'UNEXPECTED',
        `The service answered with status ${response.status}.`,
        response.status >= 500,
        retryAfterMs,
      );
}

function failure(
  code: string,
  message: string,
  retryable: boolean,
  retryAfterMs: number | null = null,
): Failure {
  return { ok: false, code, message, retryable, retryAfterMs };
}

/** `Retry-After` is a number of seconds or a date. */
export function readRetryAfter(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const delayMs = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(delayMs) ? null : Math.max(0, delayMs);
}
