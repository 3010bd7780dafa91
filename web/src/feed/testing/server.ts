import type { Comment, HeldStatus, PostedComment, ServerMessage } from '../protocol';
import type { TestBrowser, TestNetwork, TestSource, TestTab } from './browser';
import { aBatch, aComment } from './data';

/** What may go wrong with a request, by a throw of the dice between 0 and 1. */
export interface Misfortune {
  /** The request never arrives. */
  lostRequest: number;
  /** It is done, and the answer is lost. */
  lostAnswer: number;
  /** 503: nothing was done. */
  unavailable: number;
  /** 429: not yet. */
  rateLimited: number;
}

export const noMisfortune: Misfortune = { lostRequest: 0, lostAnswer: 0, unavailable: 0, rateLimited: 0 };

const backfill = 50;
const maxResume = 1_000;

/** The service, as small as it can be and still true: a log, a line for each viewer, and idempotent posts. */
export class TestServer implements TestNetwork {
  browser!: TestBrowser;
  readonly log: { sequence: number; comment: Comment }[] = [];
  readonly posts: { key: string; content: string; authorization: string | null }[] = [];
  readonly requests: string[] = [];
  misfortune = noMisfortune;
  random: () => number = () => 0.5;
  /** While it is away every request fails, and every line. */
  isAway = false;
  /** Answers posts in place of the service. */
  refusal: ((content: string) => Response | null) | null = null;
  /** What moderators said of posts that are held: comment id → what. */
  readonly held = new Map<string, { comment: Comment; status: HeldStatus; note: string | null }>();
  /** Posts are held while it says so. */
  holds = false;
  pinned: Comment | null = null;
  rights: { mayModerate: boolean; mayAppoint: boolean } = { mayModerate: false, mayAppoint: false };
  /** How long the way to it takes, in one direction. */
  wayMs: () => number = () => 20;
  #sequence = 0;
  #nextId = 1_000;
  #known = new Map<string, PostedComment>();
  #lines: { source: TestSource; tab: TestTab; sent: number }[] = [];

  get lines(): readonly TestSource[] {
    return this.#lines.map(({ source }) => source);
  }

  /** Somebody comments. */
  add(content: string, more: Partial<Comment> = {}): PostedComment {
    // Holes, as other events of the log leave them.
    this.#sequence += 1 + Math.floor(this.random() * 3);
    const comment = aComment(this.#nextId++, { content, ...more });
    this.log.push({ sequence: this.#sequence, comment });
    this.#deliverAll();
    return { ...comment, cursor: `1-${this.#sequence}` };
  }

  /** A held comment is let pass: it comes now, under its own id. */
  approve(id: string): void {
    const held = this.held.get(id);
    if (!held) throw new Error(`${id} is not held`);
    held.status = 'approved';
    this.#sequence++;
    this.log.push({ sequence: this.#sequence, comment: held.comment });
    this.#deliverAll();
  }

  /** Tells every open line something that moves no cursor. */
  tell(message: ServerMessage): void {
    for (const { source } of this.#lines) if (source.isOpen) source.send(message);
  }

  cutLine(source: TestSource): void {
    this.#lines = this.#lines.filter((line) => line.source !== source);
    source.fail();
  }

  connect(source: TestSource, tab: TestTab): void {
    tab.setTimer(() => {
      if (this.isAway || !tab.isOnline) {
        if (source.readyState === 0) source.fail();
        return;
      }
      if (source.readyState !== 0) return;
      const cursor = new URL(source.url, 'http://test').searchParams.get('cursor');
      const after = cursor === null ? null : Number(cursor.split('-')[1]);
      const missed =
        after === null ? this.log.slice(-backfill) : this.log.filter(({ sequence }) => sequence > after);
      const line = { source, tab, sent: this.#sequence };
      this.#lines.push(line);
      source.accept();
      const end = `1-${this.#sequence}`;
      if (missed.length > maxResume) {
        source.send({ type: 'reset', payload: { streamId: 'demo', reason: 'too_far_behind' } });
        missed.splice(0, missed.length - backfill);
      }
      if (missed.length > 0 || after === null)
        source.send(
          aBatch(
            missed.map(({ comment }) => comment),
            this.#sequence,
            { isBackfill: true, cursor: end, previousCursor: after === null ? null : cursor },
          ),
          end,
        );
    }, this.wayMs());
  }

  /** Each line has its own pace, so batches are cut differently everywhere. */
  #deliverAll(): void {
    for (const line of this.#lines) line.tab.setTimer(() => this.#deliver(line), this.wayMs());
  }

  #deliver(line: { source: TestSource; sent: number }): void {
    if (!line.source.isOpen) return;
    // Now and then what was sent already comes again.
    const from = this.random() < 0.1 ? Math.max(0, line.sent - 3) : line.sent;
    const news = this.log.filter(({ sequence }) => sequence > from);
    if (news.length === 0) return;
    const end = `1-${this.#sequence}`;
    line.source.send(
      aBatch(
        news.map(({ comment }) => comment),
        this.#sequence,
        { cursor: end, previousCursor: `1-${from}` },
      ),
      end,
    );
    line.sent = this.#sequence;
  }

  async fetch(address: string, init: RequestInit | undefined, tab: TestTab): Promise<Response> {
    const { pathname, searchParams } = new URL(address, 'http://test');
    const method = init?.method ?? 'GET';
    this.requests.push(`${method} ${pathname}`);
    await new Promise<void>((arrived) => tab.setTimer(arrived, this.wayMs()));
    const dice = this.random();
    if (this.isAway || !tab.isOnline || dice < this.misfortune.lostRequest) throw new TypeError('no way');
    const answer = this.#answer(method, pathname, searchParams, init);
    await new Promise<void>((arrived) => tab.setTimer(arrived, this.wayMs()));
    if (dice > 1 - this.misfortune.lostAnswer || !tab.isOnline) throw new TypeError('cut');
    return answer;
  }

  #answer(method: string, path: string, query: URLSearchParams, init: RequestInit | undefined): Response {
    if (method === 'POST' && path === '/api/auth/tickets') return json(200, { ticket: `t${this.#nextId++}` });
    if (method === 'POST' && path === '/api/telemetry/display')
      return json(200, { now: this.browser.clock.now });
    if (method === 'POST' && path.endsWith('/comments')) return this.#post(init);
    if (path.endsWith('/reactions') && method === 'GET') return json(200, { counts: {}, total: 0 });
    if (path.endsWith('/comments/held')) return json(200, { comments: [...this.held.values()] });
    if (path.endsWith('/pinned')) return json(this.pinned ? 200 : 204, this.pinned);
    if (path.endsWith('/settings')) return json(200, { slowModeSeconds: 0 });
    if (path.endsWith('/me')) return json(200, { streamId: 'demo', ...this.rights });
    if (path.endsWith('/comments')) return this.#page(query);
    if (path.startsWith('/live/')) return this.#poll(query);
    if (/\/streams\/[^/]+$/.test(path)) return json(200, { id: 'demo', title: 'Demo', status: 'live' });
    return json(204, null);
  }

  #post(init: RequestInit | undefined): Response {
    const headers = new Headers(init?.headers);
    const key = headers.get('idempotency-key') ?? '';
    const { content, parentId } = JSON.parse(String(init?.body)) as { content: string; parentId?: string };
    const authorization = headers.get('authorization');
    this.posts.push({ key, content, authorization });
    const known = this.#known.get(key);
    if (known) {
      return known.content === content
        ? json(201, known)
        : problem(422, 'IDEMPOTENCY_KEY_REUSED', 'Another comment had this key.');
    }
    const refusal = this.refusal?.(content);
    if (refusal) return refusal;
    const dice = this.random();
    if (dice < this.misfortune.unavailable) return problem(503, 'UNAVAILABLE', 'Not now.', true, '1');
    if (dice > 1 - this.misfortune.rateLimited) return problem(429, 'RATE_LIMITED', 'Too fast.', true, '3');
    const user = authorization?.replace('Bearer token-of-', '') ?? 'nobody';
    if (this.holds) {
      const comment = aComment(this.#nextId++, { content, userId: `id-${user}`, username: user });
      this.held.set(comment.id, { comment, status: 'held', note: null });
      const answer = { ...comment, cursor: `1-${++this.#sequence}`, status: 'held' };
      this.#known.set(key, answer);
      return json(201, answer);
    }
    const posted = this.add(content, {
      userId: `id-${user}`,
      username: user,
      idempotencyKey: key,
      parentId: parentId ?? null,
    });
    this.#known.set(key, posted);
    return json(201, posted);
  }

  #page(query: URLSearchParams): Response {
    const limit = Number(query.get('limit') ?? 50);
    const before = Number(query.get('cursor')?.split('-')[1] ?? Number.POSITIVE_INFINITY);
    const older = this.log.filter(({ sequence }) => sequence < before);
    const page = older.slice(-limit).reverse();
    return json(200, {
      comments: page.map(({ sequence, comment }) => ({ ...comment, cursor: `1-${sequence}` })),
      next: older.length > limit ? `1-${page.at(-1)?.sequence}` : null,
    });
  }

  #poll(query: URLSearchParams): Response {
    const cursor = query.get('cursor');
    const after = Number(cursor?.split('-')[1] ?? -1);
    const missed = this.log.filter(({ sequence }) => sequence > after);
    const news = cursor === null ? missed.slice(-backfill) : missed;
    const end = `1-${this.#sequence}`;
    const batch = aBatch(
      news.map(({ comment }) => comment),
      this.#sequence,
      { isBackfill: true, previousCursor: cursor },
    );
    return json(200, { messages: news.length === 0 ? [] : [{ ...batch, cursor: end }], cursor: end });
  }
}

export function json(status: number, body: unknown): Response {
  return new Response(body === null ? null : JSON.stringify(body), { status });
}

export function problem(
  status: number,
  code: string,
  detail: string,
  retryable = false,
  retryAfter?: string,
): Response {
  return new Response(JSON.stringify({ title: code, status, detail, code, retryable }), {
    status,
    headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  });
}
