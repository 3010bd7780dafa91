import { readRetryAfter } from '../api';
import { decodeProblem, isObject, parseObject, readMessage } from '../decode';
import type { Cursor } from '../protocol';
import {
  type Line,
  type LineEvents,
  type LineTarget,
  type Loss,
  liveAddress,
  lost,
  type OpenLine,
} from './transport';

/** What the service waits at most for something to happen. */
const waitSeconds = 25;

/** The answer itself may be long, and come over a slow line. */
const answerMs = 20_000;

/** A node that stops answers at once, with nothing: the next question finds another, but need not hurry. */
const restMs = 1_000;

/** Long polling: one question after another. */
export const openPoll: OpenLine = (target: LineTarget, events: LineEvents, environment): Line => {
  const closed = new AbortController();

  const ask = async (): Promise<void> => {
    let { cursor, ticket } = target;
    for (let isFirst = true; !closed.signal.aborted; isFirst = false) {
      const askedAt = environment.now();
      // The first answer comes at once: it tells that the line is good.
      const wait = isFirst ? 0 : waitSeconds;
      const answer = await askOnce({ ...target, cursor, ticket }, wait, closed.signal, environment.fetch);
      if (closed.signal.aborted) return;
      if ('mayReturn' in answer) return events.onLost(answer);
      if (isFirst) events.onOpen();
      // Used up. It was for a node of another origin, to which no browser hands the token on.
      ticket = null;
      for (const message of answer.messages) {
        const received = readMessage(message);
        events.onMessage(received.message, received.message?.type === 'reset' ? null : received.cursor);
        if (closed.signal.aborted) return;
      }
      cursor = answer.cursor;
      events.onMessage(null, cursor);
      if (!isFirst && answer.messages.length === 0 && environment.now() - askedAt < restMs)
        await new Promise<void>((rested) => environment.setTimer(rested, restMs));
    }
  };
  void ask();
  return { close: () => closed.abort() };
};

interface PollAnswer {
  readonly messages: readonly unknown[];
  readonly cursor: Cursor;
}

/** What came after the target's cursor; also a way to ask whether anything did. */
export async function askOnce(
  target: LineTarget,
  wait: number,
  signal: AbortSignal,
  send: (address: string, init?: RequestInit) => Promise<Response>,
): Promise<PollAnswer | Loss> {
  try {
    const response = await send(liveAddress(target, 'events', { wait: String(wait) }), {
      headers: {
        accept: 'application/json',
        ...(target.token === null ? {} : { authorization: `Bearer ${target.token}` }),
      },
      cache: 'no-store',
      signal: AbortSignal.any([signal, AbortSignal.timeout(wait * 1000 + answerMs)]),
    });
    const text = await response.text();
    if (!response.ok) {
      const problem = decodeProblem(text);
      return {
        mayReturn: true,
        code: problem?.code ?? null,
        message: problem?.detail ?? undefined,
        retryAfterMs: readRetryAfter(response.headers.get('retry-after'), Date.now()),
      };
    }
    const answer = parseObject(text);
    return isObject(answer) && Array.isArray(answer.messages) && typeof answer.cursor === 'string'
      ? { messages: answer.messages, cursor: answer.cursor }
      : lost;
  } catch {
    return lost;
  }
}
