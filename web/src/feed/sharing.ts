import type { Connection, LineState, openConnection } from './connection';
import { comparePositions, parseCursor } from './cursor';
import type { FeedEnvironment } from './environment';
import type { Cursor, ServerMessage } from './protocol';
import type { ConnectionState } from './state';
import type { Snapshot } from './store';

/** A leader that is asked and does not answer by then is stuck: whoever asked gets a line of its own. */
export const answerMs = 3_000;

/** A glance at another tab should cost nothing; an hour there should cost no line. */
export const hiddenMs = 3 * 60_000;

/** A follower that hears nothing for so long asks whether its leader is still there. */
export const followerSilenceMs = 45_000;

/** How long a leader that nobody looks at waits for a tab to say that it is looked at. */
const visibleAnswerMs = 1_000;

/** What tabs tell each other. */
type TabMessage =
  | { kind: 'hello'; from: string }
  | { kind: 'snapshot'; to: string; snapshot: Snapshot; cursor: Cursor | null; line: LineState }
  /** `before`: where its sender was. */
  | { kind: 'message'; message: ServerMessage | null; cursor: Cursor | null; before: Cursor | null }
  | { kind: 'line'; line: LineState }
  | { kind: 'retry' }
  | { kind: 'who_looks' }
  | { kind: 'i_look' };

export interface SharingOptions {
  /** Tabs of the same name share a line: one stream, one user. */
  readonly group: string;
  readonly isShared: boolean;
  readonly cursor: Cursor | null;
  /** Opens the line itself, to go on behind `cursor`. */
  readonly connect: (cursor: Cursor | null, events: ConnectionLike) => Connection;
}

export type ConnectionLike = Pick<Parameters<typeof openConnection>[1], 'onState' | 'onMessage'>;

export interface SharingEvents {
  onState(state: ConnectionState): void;
  onMessage(message: ServerMessage | null, cursor: Cursor | null): void;
  snapshot(): Snapshot;
  onSnapshot(snapshot: Snapshot): void;
}

export interface SharedLine {
  retryNow(): void;
  /** Behind the last message that was heard here. */
  cursor(): Cursor | null;
  close(): void;
}

/**
 * One line for all tabs of a stream and user, since a browser has six to a host under HTTP/1.1.
 *
 * 1. Every tab asks for the group's lock; who has it leads: it holds the line, and passes every message on.
 * 2. A follower that comes asks for what there is to show, and shows it; what it hears meanwhile merges with that.
 * 3. A leader that goes gives the lock back, or loses it when it dies. The next one resumes behind the last message
 *    that it heard, and what others heard of that already changes nothing.
 * 4. A hole before a message, or a long silence, makes a follower ask again; when nobody answers it gets a line of its
 *    own, and keeps it until it leads.
 * 5. A leader that nobody looks at asks the others whether somebody looks at them, and lets its line rest if not.
 * 6. A leader that loses its line while it is hidden lets go of the lock when another tab is looked at: timers of hidden
 *    tabs are slow.
 */
export function openSharedLine(
  options: SharingOptions,
  events: SharingEvents,
  environment: FeedEnvironment,
): SharedLine {
  const { signals, locks } = environment;
  const me = environment.newId();
  const isShared = options.isShared && locks !== null;
  const channel = isShared ? environment.openChannel(`${options.group} line`) : null;
  let cursor = options.cursor;
  let role: ConnectionState['sharing'] = isShared ? 'follower' : 'alone';
  let connection: Connection | null = null;
  /** Tells what an older connection says from what this one says. */
  let connections = 0;
  let line: LineState = { name: 'connecting', transport: 'sse', retryAtMs: null };
  let isSuspended = false;
  let isClosed = false;
  let cancelAnswer: (() => void) | null = null;
  let cancelSilence: (() => void) | null = null;
  let cancelHidden: (() => void) | null = null;
  let giveLockBack: (() => void) | null = null;

  let hiddenAtMs = signals.isVisible() ? 0 : environment.now() - hiddenMs;
  const lookedAtMs = () => (signals.isVisible() ? environment.now() : hiddenAtMs);

  const say = (message: TabMessage) => channel?.send(message);
  const show = () => {
    if (!isClosed) events.onState({ ...line, sharing: role });
  };
  const hear = (message: ServerMessage | null, at: Cursor | null) => {
    if (message?.type === 'reset') cursor = null;
    else if (at !== null && (cursor === null || compare(at, cursor) > 0)) cursor = at;
    if (message) events.onMessage(message, at);
  };

  const connect = () => {
    if (connection) return;
    const mine = ++connections;
    connection = options.connect(cursor, {
      onState: (state) => {
        if (mine !== connections) return;
        line = state;
        show();
        if (role !== 'leader') return;
        say({ kind: 'line', line });
        if (isSlow()) say({ kind: 'who_looks' });
      },
      onMessage: (message, at) => {
        if (mine !== connections) return;
        const before = cursor;
        hear(message, at);
        if (role === 'leader') say({ kind: 'message', message, cursor: at, before });
      },
    });
    if (!signals.isVisible()) watchHidden();
  };
  const disconnect = () => {
    cancelHidden?.();
    cancelHidden = null;
    connections++;
    const old = connection;
    connection = null;
    old?.close();
  };

  const wait = () => {
    if (!locks || !isShared || giveLockBack) return;
    giveLockBack = locks.take(`${options.group} line`, lead);
  };
  const lead = () => {
    if (isClosed || isSuspended) return;
    role = 'leader';
    stopWaiting();
    connect();
    show();
    // Followers of the one before learn who they hear now, and what it has.
    say({ kind: 'snapshot', to: '', snapshot: events.snapshot(), cursor, line });
  };
  /** Timers of hidden tabs come late, and so do their attempts. */
  const isSlow = () => line.name === 'reconnecting' && !signals.isVisible();
  /** Lets another tab lead. */
  const stepBack = () => {
    follow();
    giveLockBack?.();
    giveLockBack = null;
    wait();
    ask();
  };
  const follow = () => {
    role = 'follower';
    // Its last state stays shown until the next leader tells its own.
    const shown = line;
    disconnect();
    line = { ...shown, name: 'reconnecting', retryAtMs: null };
    show();
  };

  const ask = () => {
    if (role !== 'follower' || isClosed) return;
    say({ kind: 'hello', from: me });
    cancelAnswer ??= environment.setTimer(() => {
      cancelAnswer = null;
      if (role !== 'follower' || isClosed || isSuspended) return;
      role = 'alone';
      connect();
      show();
    }, answerMs);
  };
  const stopWaiting = () => {
    cancelAnswer?.();
    cancelSilence?.();
    cancelAnswer = cancelSilence = null;
  };
  const heardLeader = () => {
    stopWaiting();
    if (role === 'alone') {
      // The leader was slow, not gone.
      role = 'follower';
      disconnect();
    }
    if (signals.isVisible()) cancelSilence = environment.setTimer(ask, followerSilenceMs);
  };

  const watchHidden = () => {
    cancelHidden?.();
    cancelHidden = environment.setTimer(() => {
      say({ kind: 'who_looks' });
      cancelHidden = environment.setTimer(() => {
        cancelHidden = null;
        connection?.setPaused(true);
      }, visibleAnswerMs);
    }, hiddenMs);
  };
  /** Somebody looks, here or in another tab. */
  const wake = () => {
    cancelHidden?.();
    cancelHidden = null;
    connection?.setPaused(false);
    if (!signals.isVisible()) watchHidden();
  };

  const onTabMessage = (message: TabMessage) => {
    if (isClosed || isSuspended) return;
    switch (message.kind) {
      case 'hello':
        if (role === 'leader')
          say({ kind: 'snapshot', to: message.from, snapshot: events.snapshot(), cursor, line });
        return;
      case 'snapshot':
        if (role === 'leader' || (message.to !== me && message.to !== '')) return;
        heardLeader();
        line = message.line;
        if (message.cursor !== null && (cursor === null || compare(message.cursor, cursor) > 0))
          cursor = message.cursor;
        events.onSnapshot(message.snapshot);
        show();
        return;
      case 'message': {
        if (role === 'alone') say({ kind: 'hello', from: me });
        if (role !== 'follower') return;
        heardLeader();
        // What follows a hole would hide it. It is in the answer, too.
        if (message.before !== null && (cursor === null || compare(message.before, cursor) > 0)) ask();
        else hear(message.message, message.cursor);
        return;
      }
      case 'line':
        if (role !== 'follower') return;
        heardLeader();
        line = message.line;
        show();
        return;
      case 'retry':
        if (role === 'leader') connection?.retryNow();
        return;
      case 'who_looks':
        if (environment.now() - lookedAtMs() < hiddenMs) say({ kind: 'i_look' });
        return;
      case 'i_look':
        if (role !== 'leader') return;
        if (isSlow()) stepBack();
        else wake();
    }
  };

  const unsubscribe = signals.subscribe((signal) => {
    if (isClosed) return;
    if (signal === 'visibility') {
      if (!signals.isVisible()) {
        hiddenAtMs = environment.now();
        if (connection) watchHidden();
        return;
      }
      say({ kind: 'i_look' });
      wake();
      connection?.check();
      ask();
    } else if (signal === 'suspend') {
      isSuspended = true;
      stopWaiting();
      disconnect();
      giveLockBack?.();
      giveLockBack = null;
      if (isShared) role = 'follower';
    } else if (signal === 'resume' && isSuspended) {
      isSuspended = false;
      start();
    }
  });

  const start = () => {
    if (!isShared) return connect();
    wait();
    ask();
  };
  channel?.onMessage((message) => onTabMessage(message as TabMessage));
  start();

  return {
    retryNow: () => {
      if (connection) connection.retryNow();
      else say({ kind: 'retry' });
    },
    cursor: () => cursor,
    close: () => {
      if (isClosed) return;
      disconnect();
      line = { ...line, name: 'closed', retryAtMs: null };
      show();
      isClosed = true;
      stopWaiting();
      unsubscribe();
      channel?.close();
      giveLockBack?.();
    },
  };
}

function compare(a: Cursor, b: Cursor): number {
  const left = parseCursor(a);
  const right = parseCursor(b);
  return left && right ? comparePositions(left, right) : 0;
}
