import { comparePositions, parseCursor } from './cursor';
import type { FeedEnvironment } from './environment';
import type { Cursor, ServerMessage } from './protocol';
import type { ConnectionState, TransportName } from './state';
import { askOnce, openPoll } from './transports/poll';
import { openSse } from './transports/sse';
import {
  banned,
  type Line,
  type LineTarget,
  type Loss,
  ladders,
  lost,
  type OpenLine,
} from './transports/transport';
import { openWebSocketLine } from './transports/websocket';

/** What a connection knows of itself; who shares it is another matter. */
export type LineState = Omit<ConnectionState, 'sharing'>;

export interface ConnectionEvents {
  onState(state: LineState): void;
  /** `cursor` is where the message ends, null when it moves nothing; `message` is null when only that moved. */
  onMessage(message: ServerMessage | null, cursor: Cursor | null): void;
  /** The service takes the session's token no more. The line goes on as nobody's, where that is allowed. */
  onSessionOver(): void;
}

/** A ticket for one line; null to come as nobody; `over` when the session has ended; or why there is none for this user. */
export type GetTicket = () => Promise<string | null | 'over' | { readonly bannedFor: string }>;

export interface ConnectionOptions {
  readonly baseUrl: string;
  readonly streamId: string;
  readonly transport: TransportName;
  /** Where an earlier connection ended. */
  readonly cursor: Cursor | null;
  readonly getTicket: GetTicket | null;
  readonly getToken?: () => string | null;
}

export interface Connection {
  /** Tries at once instead of waiting out the delay. */
  retryNow(): void;
  /** Holds no line while paused, and resumes where it was. */
  setPaused(isPaused: boolean): void;
  /** The page is looked at again: a line that has been silent may have died without a word. */
  check(): void;
  close(): void;
}

/** Sooner would press on a server that is just coming back; later would leave viewers in the dark. */
export const minDelayMs = 1_000;
export const maxDelayMs = 30_000;

/** Who joins afresh is sent something; a line without it by then is dead, or a proxy gathers what comes. */
const firstMessageMs = 10_000;

/** A transport that fails so often in a row, and never works between, can't be had here. */
const failuresPerRung = 2;

/** A line that lived no longer than this was none: the pace of attempts slows down as if it had never opened. */
const soundLineMs = 5_000;

/** When to try the better transport again; doubled with each failure, since a proxy rarely changes its mind. */
const firstProbeMs = 60_000;
const maxProbeMs = 10 * 60_000;

/** Three heartbeats of the service, which scripts can't see; viewer counts rarely leave a line silent for so long. */
const silenceMs = 45_000;

/** A page that is looked at again asks sooner: the device may have slept. */
const silenceOnReturnMs = 10_000;

/** What the log already has may still be gathered for a batch. */
const batchMs = 3_000;

const openers: Readonly<Record<TransportName, OpenLine>> = {
  websocket: openWebSocketLine,
  sse: openSse,
  poll: openPoll,
};

/**
 * Keeps a line to one stream open until it is closed, by the best transport that can be had.
 *
 * 1. Attempt: a ticket, then a line that begins behind the last message. The first is open with its first message,
 *    which nobody joins without; who resumes may have missed nothing, and be told nothing.
 * 2. Lost: another attempt after a random delay (full jitter, so that thousands of viewers don't return in step).
 * 3. A transport that failed twice without a message gives way to the next; when the last one fails as well, it
 *    wasn't the transport, and the first is tried again.
 * 4. By a lesser transport, the best one is tried beside it now and then, from a little before, so that there is
 *    something to send; its first message ends the lesser.
 * 5. Without network, and while paused, there is no line and no attempt.
 * 6. Whoever is banned is not let in by another try, nor as nobody: that ends it, until somebody asks for one.
 * 7. Silence is looked into: the question by HTTP whether something came tells a dead line from a quiet stream.
 */
export function openConnection(
  options: ConnectionOptions,
  events: ConnectionEvents,
  environment: FeedEnvironment,
): Connection {
  const ladder = ladders[options.transport];
  let cursor = options.cursor;
  let cursorBefore: Cursor | null = null;
  let rung = 0;
  let failuresHere = 0;
  let failures = 0;
  let probeMs = firstProbeMs;
  let line: Line | null = null;
  let openedAtMs: number | null = null;
  let heardAtMs = 0;
  let probe: Line | null = null;
  let checking: AbortController | null = null;
  let cancelRetry: (() => void) | null = null;
  let cancelDeadline: (() => void) | null = null;
  let cancelProbe: (() => void) | null = null;
  let cancelSilence: (() => void) | null = null;
  let isPaused = false;
  let isClosed = false;
  /** Sent away: nothing is tried by itself any more. */
  let isBanned = false;
  /** Tells a late ticket that nobody waits for it. */
  let attempts = 0;

  const token = () => options.getToken?.() ?? null;
  const transport = () => ladder[rung] as TransportName;
  const setState = (name: LineState['name'], retryAtMs: number | null = null) =>
    events.onState({ name, transport: transport(), retryAtMs });
  const endBanned = (message: string | undefined) => {
    drop();
    isBanned = true;
    events.onState({ name: 'banned', transport: transport(), retryAtMs: null, message });
  };

  const receive = (message: ServerMessage | null, at: Cursor | null) => {
    heardAtMs = environment.now();
    // What a reset invalidates must not be asked for again.
    if (message?.type === 'reset') cursor = cursorBefore = null;
    else if (at !== null && isAfter(at, cursor)) {
      cursorBefore = cursor;
      cursor = at;
    }
    events.onMessage(message, at);
  };

  const drop = () => {
    attempts++;
    line?.close();
    probe?.close();
    checking?.abort();
    line = probe = checking = null;
    openedAtMs = null;
    for (const cancel of [cancelRetry, cancelDeadline, cancelProbe, cancelSilence]) cancel?.();
    cancelRetry = cancelDeadline = cancelProbe = cancelSilence = null;
  };

  /** Null when nobody waits for it any more, or the user is banned, which ends it all. */
  const targetFor = async (mine: number): Promise<LineTarget | null> => {
    const ticket = options.getTicket ? await options.getTicket().catch(() => null) : null;
    if (mine !== attempts || isClosed) return null;
    if (ticket !== null && typeof ticket === 'object') {
      endBanned(ticket.bannedFor);
      return null;
    }
    if (ticket === 'over') events.onSessionOver();
    return { ...options, cursor, ticket: ticket === 'over' ? null : ticket, token: token() };
  };

  const attempt = async (state: 'connecting' | 'reconnecting') => {
    drop();
    if (!environment.signals.isOnline()) return setState('offline');
    if (isPaused) return setState('paused');
    setState(state);
    const mine = attempts;
    const target = await targetFor(mine);
    if (target === null || mine !== attempts || isClosed) return;
    cancelDeadline = environment.setTimer(() => lose(lost), firstMessageMs);
    line = openers[transport()](
      { ...target, cursor },
      {
        onOpen: () => {
          if (cursor !== null) opened();
        },
        onStutter: () => {
          endOf(openedAtMs);
          openedAtMs = null;
          setState('reconnecting');
          cancelDeadline?.();
          cancelDeadline = environment.setTimer(() => lose(lost), maxDelayMs);
        },
        onMessage: (message, at) => {
          receive(message, at);
          if (openedAtMs === null && line) opened();
        },
        onLost: lose,
      },
      environment,
    );
  };

  const opened = () => {
    openedAtMs = environment.now();
    failuresHere = 0;
    cancelDeadline?.();
    cancelDeadline = null;
    setState('open');
    watchSilence();
    if (rung > 0) scheduleProbe();
  };

  /** The pace of attempts starts afresh after a line that held. */
  const endOf = (openedMs: number | null) => {
    if (openedMs !== null && environment.now() - openedMs >= soundLineMs) failures = 0;
  };

  const lose = (loss: Loss) => {
    endOf(openedAtMs);
    if (openedAtMs === null) failuresHere++;
    drop();
    if (isClosed) return;
    if (loss.code === banned) return endBanned(loss.message);
    failures++;
    if (loss.code === 'CURSOR_INVALID') cursor = cursorBefore = null;
    if (failuresHere >= failuresPerRung || !loss.mayReturn) {
      failuresHere = 0;
      rung = (rung + 1) % ladder.length;
    }
    if (!environment.signals.isOnline()) return setState('offline');
    if (isPaused) return setState('paused');
    const ownMs = retryDelayMs(failures, environment.random());
    const delayMs = Math.min(Math.max(ownMs, loss.retryAfterMs ?? 0), maxDelayMs);
    cancelRetry = environment.setTimer(() => void attempt('reconnecting'), delayMs);
    setState('reconnecting', environment.now() + delayMs);
  };

  const scheduleProbe = () => {
    cancelProbe?.();
    cancelProbe = environment.setTimer(() => void probeBetter(), probeMs);
  };

  const probeBetter = async () => {
    const mine = attempts;
    const target = await targetFor(mine);
    if (target === null || mine !== attempts || isClosed) return;
    const fail = () => {
      cancelDeadline?.();
      cancelDeadline = null;
      candidate.close();
      probe = null;
      probeMs = Math.min(probeMs * 2, maxProbeMs);
      scheduleProbe();
    };
    const candidate: Line = openers[ladder[0] as TransportName](
      { ...target, cursor: cursorBefore },
      {
        onOpen: () => {},
        onStutter: () => probe === candidate && fail(),
        onLost: (loss) => (probe === candidate && loss.code !== banned ? fail() : lose(loss)),
        onMessage: (message, at) => {
          if (probe === candidate) {
            // Both lines tell the same from here on, so the lesser one can go.
            line?.close();
            line = candidate;
            probe = null;
            rung = 0;
            failuresHere = 0;
            probeMs = firstProbeMs;
            opened();
          }
          receive(message, at);
        },
      },
      environment,
    );
    probe = candidate;
    cancelDeadline = environment.setTimer(fail, firstMessageMs);
  };

  const watchSilence = (ms = silenceMs) => {
    cancelSilence?.();
    cancelSilence = environment.setTimer(() => {
      const silentMs = environment.now() - heardAtMs;
      if (silentMs < silenceMs) watchSilence(silenceMs - silentMs);
      else void lookIntoSilence();
    }, ms);
  };

  const lookIntoSilence = async () => {
    watchSilence();
    if (checking || openedAtMs === null || cursor === null || transport() === 'poll') return;
    const mine = attempts;
    const asked = new AbortController();
    checking = asked;
    const answer = await askOnce(
      { ...options, cursor, ticket: null, token: token() },
      0,
      asked.signal,
      environment.fetch,
    );
    if (mine !== attempts || isClosed) return;
    checking = null;
    // An answer that is an error tells nothing of our line; no answer tells that there is no way to the service.
    if ('mayReturn' in answer) {
      if (answer.code === banned) endBanned(answer.message);
      else if (answer.code === null && answer.retryAfterMs === null) void attempt('reconnecting');
      return;
    }
    if (answer.messages.length === 0 || answer.cursor === cursor) return;
    const heardBefore = heardAtMs;
    environment.setTimer(() => {
      if (mine === attempts && !isClosed && heardAtMs === heardBefore) void attempt('reconnecting');
    }, batchMs);
  };

  const unsubscribe = environment.signals.subscribe((signal) => {
    if (signal !== 'network' || isClosed || isBanned) return;
    if (environment.signals.isOnline()) {
      failures = failuresHere = 0;
      if (!line) void attempt('reconnecting');
    } else {
      drop();
      setState('offline');
    }
  });

  void attempt('connecting');

  return {
    retryNow: () => {
      if (isClosed || !(cancelRetry || isBanned)) return;
      isBanned = false;
      void attempt('connecting');
    },
    setPaused: (paused) => {
      if (isPaused === paused || isClosed) return;
      isPaused = paused;
      if (isBanned) return;
      if (!paused) void attempt('connecting');
      else {
        drop();
        setState('paused');
      }
    },
    check: () => {
      if (isClosed || isBanned) return;
      if (cancelRetry) void attempt('connecting');
      else if (environment.now() - heardAtMs >= silenceOnReturnMs) void lookIntoSilence();
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      drop();
      unsubscribe();
      setState('closed');
    },
  };
}

/** Lines overlap while one takes over from another: what they repeat moves nothing back. */
function isAfter(cursor: Cursor, known: Cursor | null): boolean {
  const position = parseCursor(cursor);
  const knownPosition = known === null ? null : parseCursor(known);
  return position !== null && (knownPosition === null || comparePositions(position, knownPosition) > 0);
}

/** Full jitter between 1 s and 2, 4, 8, 16, 30 s. */
export function retryDelayMs(failures: number, random: number): number {
  const ceilingMs = Math.min(maxDelayMs, minDelayMs * 2 ** failures);
  return minDelayMs + random * (ceilingMs - minDelayMs);
}
