import { decodeProblem, isComment, isCommentPage, isCounts, isStreamInfo, parseObject } from './decode';
import type {
  Comment,
  CommentPage,
  CommentReactionPage,
  CommentReactionState,
  HeldComments,
  LiveTicket,
  PostedComment,
  ReactionTotals,
  ReactionType,
  ReportReason,
  Sanction,
  SanctionKind,
  Session,
  StreamInfo,
  StreamList,
  StreamRights,
  StreamSettings,
} from './protocol';

/** Longer than the service ever takes; a post without an answer by then is asked again under the same key. */
export const requestTimeoutMs = 15_000;

/** Why there is no answer to use. `code` is the service's own, or UNREACHABLE / UNEXPECTED. */
export interface Failure {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  /** The part of the request that is at fault, when the service says: `words[3]`. */
  readonly field?: string;
}

export type Answer<T> = { readonly ok: true; readonly value: T } | Failure;

/** An accepted post. One that is held waits for a moderator, and nobody sees it before. */
export type Posted = { readonly comment: PostedComment; readonly isHeld: boolean };

export interface PostBody {
  readonly content: string;
  readonly parentId?: string;
  readonly mediaTimeMs?: number;
}

export interface SanctionTerms {
  readonly reason?: string;
  /** Until it is lifted, when left out. */
  readonly durationSeconds?: number;
}

export interface Api {
  getStream(streamId: string): Promise<Answer<StreamInfo>>;
  getLiveStreams(cursor?: string): Promise<Answer<StreamList>>;
  getComments(
    streamId: string,
    query: { order?: 'newest' | 'top'; cursor?: string; limit?: number },
  ): Promise<Answer<CommentPage>>;
  getReplies(streamId: string, commentId: string, cursor?: string): Promise<Answer<CommentPage>>;
  /** Null when nothing is pinned. */
  getPinned(streamId: string): Promise<Answer<Comment | null>>;
  /** What became of one's own comments that were held. */
  getHeld(streamId: string): Promise<Answer<HeldComments>>;
  /** What the token's user may do there. */
  getRights(streamId: string): Promise<Answer<StreamRights>>;
  getReactionTotals(streamId: string): Promise<Answer<ReactionTotals>>;
  getReactors(
    streamId: string,
    commentId: string,
    query: { type?: ReactionType; cursor?: string },
  ): Promise<Answer<CommentReactionPage>>;
  /** A token for anybody who names themselves: the service offers it in Development only. */
  getDevToken(username: string, displayName: string): Promise<Answer<Session>>;
  /** What lets an event stream, which can send no token, be somebody's. */
  getTicket(streamId: string): Promise<Answer<LiveTicket>>;
  /** How the conversation goes. */
  getSettings(streamId: string): Promise<Answer<StreamSettings>>;
  postComment(streamId: string, idempotencyKey: string, body: PostBody): Promise<Answer<Posted>>;
  deleteComment(streamId: string, commentId: string): Promise<Answer<null>>;
  reactToStream(streamId: string, reactionType: ReactionType): Promise<Answer<null>>;
  reactToComment(
    streamId: string,
    commentId: string,
    reactionType: ReactionType,
    isSet: boolean,
  ): Promise<Answer<CommentReactionState>>;
  /** Once of each user and comment; again changes nothing. */
  report(streamId: string, commentId: string, reason: ReportReason, note: string): Promise<Answer<null>>;

  /** What only moderators of the stream may do. */
  takeAway(streamId: string, commentId: string, reason: string | null): Promise<Answer<null>>;
  mark(streamId: string, commentId: string, mark: 'pin' | 'highlight', isSet: boolean): Promise<Answer<null>>;
  sanction(
    streamId: string,
    userId: string,
    kind: SanctionKind,
    terms: SanctionTerms,
  ): Promise<Answer<Sanction>>;
  /** What only some pages need, such as those of moderators: any of the service's addresses. Its answer is an object, or nothing. */
  send<T>(
    method: Method,
    path: string,
    request?: { body?: unknown; query?: Record<string, string | number | undefined> },
  ): Promise<Answer<T>>;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface ApiOptions {
  /** Of the service, such as `https://live.example`; empty for the page's own origin. */
  readonly baseUrl?: string;
  readonly fetch?: (address: string, init?: RequestInit) => Promise<Response>;
  readonly getToken?: () => string | null;
}

export function createApi(options: ApiOptions = {}): Api {
  const { baseUrl = '', fetch: send = (address, init) => fetch(address, init), getToken } = options;

  const ask = async <T>(
    method: Method,
    path: string,
    isUsable: (value: Record<string, unknown>, status: number) => boolean,
    request: { body?: unknown; query?: Record<string, string | number | undefined>; key?: string } = {},
  ): Promise<Answer<T>> => {
    const token = getToken?.() ?? null;
    const headers: Record<string, string> = {};
    if (token !== null) headers.authorization = `Bearer ${token}`;
    if (request.body !== undefined) headers['content-type'] = 'application/json';
    if (request.key !== undefined) headers['idempotency-key'] = request.key;
    try {
      const response = await send(`${baseUrl}${path}${search(request.query)}`, {
        method,
        headers,
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
      return read(response, await response.text(), isUsable);
    } catch {
      return failure('UNREACHABLE', 'The service can’t be reached.', true);
    }
  };

  const streamPath = (streamId: string) => `/api/streams/${encodeURIComponent(streamId)}`;
  const commentPath = (streamId: string, commentId: string) =>
    `${streamPath(streamId)}/comments/${encodeURIComponent(commentId)}`;
  const moderationPath = (streamId: string) => `${streamPath(streamId)}/moderation`;
  const anything = () => true;

  return {
    getStream: (streamId) => ask('GET', streamPath(streamId), isStreamInfo),
    getLiveStreams: (cursor) =>
      ask('GET', '/api/streams/live', (value) => Array.isArray(value.streams), { query: { cursor } }),
    getComments: (streamId, query) =>
      ask('GET', `${streamPath(streamId)}/comments`, isCommentPage, { query }),
    getReplies: (streamId, commentId, cursor) =>
      ask('GET', `${commentPath(streamId, commentId)}/replies`, isCommentPage, { query: { cursor } }),
    getPinned: (streamId) =>
      ask('GET', `${streamPath(streamId)}/pinned`, (value, status) => status === 204 || isComment(value)),
    getHeld: (streamId) =>
      ask('GET', `${streamPath(streamId)}/comments/held`, (value) => Array.isArray(value.comments)),
    getRights: (streamId) =>
      ask('GET', `${streamPath(streamId)}/me`, (value) => typeof value.mayModerate === 'boolean'),
    getReactionTotals: (streamId) =>
      ask('GET', `${streamPath(streamId)}/reactions`, (value) => isCounts(value.counts)),
    getReactors: (streamId, commentId, query) =>
      ask('GET', `${commentPath(streamId, commentId)}/reactions`, (value) => Array.isArray(value.reactions), {
        query,
      }),
    getDevToken: (username, displayName) =>
      ask('POST', '/api/auth/dev-token', isSession, { body: { username, displayName } }),
    getSettings: (streamId) =>
      ask('GET', `${streamPath(streamId)}/settings`, (value) => typeof value.slowModeSeconds === 'number'),
    getTicket: (streamId) =>
      ask('POST', '/api/auth/tickets', (value) => typeof value.ticket === 'string', { body: { streamId } }),
    postComment: async (streamId, key, body) => {
      const answer = await ask<PostedComment>('POST', `${streamPath(streamId)}/comments`, isPosted, {
        body,
        key,
      });
      if (!answer.ok) return answer;
      return { ok: true, value: { comment: answer.value, isHeld: answer.value.status === 'held' } };
    },
    deleteComment: (streamId, commentId) => ask('DELETE', commentPath(streamId, commentId), anything),
    reactToStream: (streamId, reactionType) =>
      ask('POST', `${streamPath(streamId)}/reactions`, anything, { body: { reactionType } }),
    reactToComment: (streamId, commentId, reactionType, isSet) =>
      ask(
        isSet ? 'PUT' : 'DELETE',
        `${commentPath(streamId, commentId)}/reactions/${reactionType}`,
        (value) => isCounts(value.reactionCounts) && Array.isArray(value.mine),
      ),
    report: (streamId, commentId, reason, note) =>
      ask('POST', `${commentPath(streamId, commentId)}/reports`, anything, {
        body: note === '' ? { reason } : { reason, note },
      }),
    takeAway: (streamId, commentId, reason) =>
      ask('POST', `${moderationPath(streamId)}/comments/${encodeURIComponent(commentId)}/delete`, anything, {
        body: { reason },
      }),
    mark: (streamId, commentId, mark, isSet) =>
      ask(
        isSet ? 'PUT' : 'DELETE',
        `${moderationPath(streamId)}/comments/${encodeURIComponent(commentId)}/${mark}`,
        anything,
      ),
    sanction: (streamId, userId, kind, terms) =>
      ask(
        'PUT',
        `${moderationPath(streamId)}/sanctions/${kind}/${encodeURIComponent(userId)}`,
        (value) => typeof value.kind === 'string',
        { body: terms },
      ),
    send: (method, path, request) => ask(method, path, anything, request),
  };
}

function isPosted(value: Record<string, unknown>): boolean {
  return isComment(value) && typeof value.cursor === 'string';
}

export function isSession(value: Record<string, unknown>): boolean {
  return (
    typeof value.token === 'string' &&
    typeof value.expiresAt === 'string' &&
    typeof value.user === 'object' &&
    value.user !== null &&
    'id' in value.user &&
    typeof value.user.id === 'string'
  );
}

function read<T>(
  response: Response,
  text: string,
  isUsable: (value: Record<string, unknown>, status: number) => boolean,
): Answer<T> {
  if (response.ok) {
    // 204, and answers that nobody needs to read.
    if (text === '') {
      return isUsable({}, response.status) ? { ok: true, value: null as T } : unexpected();
    }
    const value = parseObject(text);
    return value && isUsable(value, response.status) ? { ok: true, value: value as T } : unexpected();
  }

  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'), Date.now());
  const problem = decodeProblem(text);
  return problem
    ? {
        ...failure(problem.code, problem.detail || problem.title, problem.retryable === true, retryAfterMs),
        ...(typeof problem.field === 'string' && { field: problem.field }),
      }
    : failure(
        response.status === 401 ? 'UNAUTHORIZED' : 'UNEXPECTED',
        `The service answered with status ${response.status}.`,
        response.status >= 500,
        retryAfterMs,
      );
}

function search(query: Record<string, string | number | undefined> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length === 0
    ? ''
    : `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}

function unexpected(): Failure {
  return failure('UNEXPECTED', 'The service gave an answer that makes no sense here.', true);
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
