import { openPostStorage, type PostStorage } from './postStorage';

/** A named line between the tabs of this browser. */
export interface TabChannel {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  close(): void;
}

/** A lock that one tab of this browser holds at a time. */
export interface TabLocks {
  /** Calls `onHeld` when it is this tab's turn. The answer gives the lock back, or leaves the queue for it. */
  take(name: string, onHeld: () => void): () => void;
}

/** What the page tells about itself and the device. */
export interface PageSignals {
  isOnline(): boolean;
  isVisible(): boolean;
  /** Online or offline, visible or hidden, suspended (frozen, or kept for the back button) or resumed. */
  subscribe(listener: (signal: 'network' | 'visibility' | 'suspend' | 'resume') => void): () => void;
}

/** The parts of the browser that the feed stands on, so that tests can bring their own. */
export interface FeedEnvironment {
  now(): number;
  random(): number;
  newId(): string;
  /** The answer cancels. */
  setTimer(action: () => void, delayMs: number): () => void;
  /** After the next frame has been painted; never, while the page is hidden. */
  afterPaint(action: () => void): void;
  fetch(address: string, init?: RequestInit): Promise<Response>;
  /** Sends a last word while the page goes; nobody hears the answer. */
  sendLast(address: string, json: string): void;
  openEventSource(address: string): EventSource;
  openWebSocket(address: string, protocol: string): WebSocket;
  signals: PageSignals;
  /** Null where tabs can't agree on one of them: outside secure contexts. */
  locks: TabLocks | null;
  openChannel(name: string): TabChannel;
  openPostStorage(): PostStorage;
}

export function browserEnvironment(): FeedEnvironment {
  return {
    now: () => Date.now(),
    random: () => Math.random(),
    newId: () => newUuid(Date.now()),
    setTimer: (action, delayMs) => {
      const timer = setTimeout(action, delayMs);
      return () => clearTimeout(timer);
    },
    afterPaint: (action) => {
      requestAnimationFrame(() => {
        // The frame is painted before the next task begins.
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          port1.close();
          action();
        };
        port2.postMessage(null);
      });
    },
    fetch: (address, init) => fetch(address, init),
    sendLast: (address, json) => {
      navigator.sendBeacon(address, new Blob([json], { type: 'application/json' }));
    },
    openEventSource: (address) => new EventSource(address),
    // `ws:` and `wss:` in place of `http:` and `https:`; older browsers take no other.
    openWebSocket: (address, protocol) =>
      new WebSocket(new URL(address, location.href).href.replace(/^http/, 'ws'), protocol),
    signals: {
      isOnline: () => navigator.onLine,
      isVisible: () => document.visibilityState === 'visible',
      subscribe: (listener) => {
        const subscriptions = new AbortController();
        const on = (
          target: EventTarget,
          type: string,
          signal: 'network' | 'visibility' | 'suspend' | 'resume',
        ) => target.addEventListener(type, () => listener(signal), { signal: subscriptions.signal });
        on(window, 'online', 'network');
        on(window, 'offline', 'network');
        on(document, 'visibilitychange', 'visibility');
        on(document, 'freeze', 'suspend');
        on(document, 'resume', 'resume');
        on(window, 'pagehide', 'suspend');
        on(window, 'pageshow', 'resume');
        return () => subscriptions.abort();
      },
    },
    // Not there outside secure contexts, whatever the types say.
    locks: (navigator as Partial<Navigator>).locks ? { take: takeLock } : null,
    openChannel: (name) => {
      const channel = new BroadcastChannel(name);
      return {
        send: (message) => channel.postMessage(message),
        onMessage: (listener) => {
          channel.onmessage = (event) => listener(event.data);
        },
        close: () => channel.close(),
      };
    },
    openPostStorage,
  };
}

function takeLock(name: string, onHeld: () => void): () => void {
  const given = new AbortController();
  let release: () => void = () => {};
  navigator.locks
    .request(name, { signal: given.signal }, () => {
      if (given.signal.aborted) return;
      const held = new Promise<void>((done) => {
        release = done;
      });
      onHeld();
      return held;
    })
    .catch(() => {
      // Given up before it was ours.
    });
  return () => {
    given.abort();
    release();
  };
}

/**
 * A UUID of version 7 (RFC 9562): it says when it was made, by which the service knows whether it could have seen it before.
 * Not by crypto.randomUUID, which makes version 4, and is there in secure contexts only.
 */
export function newUuid(now: number, bytes = crypto.getRandomValues(new Uint8Array(16))): string {
  new DataView(bytes.buffer).setUint32(0, Math.floor(now / 0x10000));
  new DataView(bytes.buffer).setUint16(4, now % 0x10000);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
