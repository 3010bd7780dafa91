import type { FeedEnvironment, PageSignals, TabChannel, TabLocks } from '../environment';
import { inMemory, type PostStorage } from '../postStorage';
import { TestEventSource, TestWebSocket } from './sources';

/** Enough turns for whatever a step of ours awaits one after the other. */
const turnsUntilQuiet = 60;

interface Timer {
  readonly action: () => void;
  readonly atMs: number;
}

/** A clock that stands still unless the test moves it. */
export class TestClock {
  #now = 1_800_000_000_000;
  #timers: Timer[] = [];

  get now(): number {
    return this.#now;
  }

  setTimer(action: () => void, delayMs: number): () => void {
    const timer = { action, atMs: this.#now + delayMs };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves on, with every timer in its turn and everything that follows from it. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#now + ms;
    await quiet();
    for (;;) {
      const next = this.#timers.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = Math.max(this.#now, next.atMs);
      next.action();
      await quiet();
    }
    this.#now = untilMs;
  }
}

/** Everything that is only promised has happened. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < turnsUntilQuiet; turn++) await Promise.resolve();
}

export type TestSource = TestEventSource | TestWebSocket;

/** What a tab's requests are answered with. */
export interface TestNetwork {
  fetch(address: string, init: RequestInit | undefined, tab: TestTab): Promise<Response>;
  connect(source: TestSource, tab: TestTab): void;
}

/** Nobody answers: the test does, by hand. */
const nobody: TestNetwork = {
  fetch: () => Promise.reject(new TypeError('no network')),
  connect: () => {},
};

/** A browser: its tabs share a clock, locks, channels and what they store. */
export class TestBrowser {
  readonly clock = new TestClock();
  readonly tabs: TestTab[] = [];
  readonly storage: PostStorage = inMemory();
  readonly locks = new Map<string, { tab: TestTab; onHeld: () => void }[]>();
  randomValue: () => number = () => 0.5;

  constructor(readonly network: TestNetwork = nobody) {}

  openTab(): TestTab {
    const tab = new TestTab(this);
    this.tabs.push(tab);
    return tab;
  }

  /** Every source that any tab has open. */
  get open(): TestSource[] {
    return this.tabs.flatMap((tab) => tab.sources).filter((source) => source.isOpen);
  }

  leave(name: string, waiting: { tab: TestTab; onHeld: () => void }): void {
    const queue = this.locks.get(name) ?? [];
    const wasFirst = queue[0] === waiting;
    this.locks.set(
      name,
      queue.filter((other) => other !== waiting),
    );
    if (wasFirst) this.grant(name);
  }

  grant(name: string): void {
    const first = this.locks.get(name)?.[0];
    if (!first) return;
    void Promise.resolve().then(() => {
      if (this.locks.get(name)?.[0] === first) first.onHeld();
    });
  }
}

/** One page of a browser. */
export class TestTab implements FeedEnvironment {
  readonly sources: TestSource[] = [];
  readonly last: { address: string; json: string }[] = [];
  readonly channels: TestChannel[] = [];
  isOnline = true;
  isVisible = true;
  isDead = false;
  /** A frozen page hears and does nothing, and forgets nothing. */
  isStuck = false;
  #listeners = new Set<Parameters<PageSignals['subscribe']>[0]>();
  #ids = 0;
  #held: { name: string; waiting: { tab: TestTab; onHeld: () => void } }[] = [];

  constructor(readonly browser: TestBrowser) {}

  get source(): TestEventSource {
    return this.sources.at(-1) as TestEventSource;
  }

  get socket(): TestWebSocket {
    return this.sources.at(-1) as TestWebSocket;
  }

  now = () => this.browser.clock.now;
  random = () => this.browser.randomValue();
  newId = () => `${this.browser.tabs.indexOf(this)}-${++this.#ids}`;
  setTimer = (action: () => void, delayMs: number) =>
    this.browser.clock.setTimer(() => {
      if (!this.isDead && !this.isStuck) action();
    }, delayMs);
  afterPaint = (action: () => void) => {
    this.setTimer(action, 16);
  };
  fetch = (address: string, init?: RequestInit): Promise<Response> =>
    new Promise((answer, fail) => {
      init?.signal?.addEventListener('abort', () => fail(new DOMException('aborted', 'AbortError')));
      this.browser.network.fetch(address, init, this).then(
        (response) => {
          if (!this.isDead) answer(response);
        },
        (error) => {
          if (!this.isDead) fail(error);
        },
      );
    });
  sendLast = (address: string, json: string) => {
    this.last.push({ address, json });
  };
  openEventSource = (address: string): EventSource => {
    const source = new TestEventSource(address);
    this.sources.push(source);
    this.browser.network.connect(source, this);
    return source as unknown as EventSource;
  };
  openWebSocket = (address: string, protocol: string): WebSocket => {
    const socket = new TestWebSocket(address, protocol);
    this.sources.push(socket);
    this.browser.network.connect(socket, this);
    return socket as unknown as WebSocket;
  };
  openPostStorage = () => this.browser.storage;
  openChannel = (name: string): TabChannel => {
    const channel = new TestChannel(this, name);
    this.channels.push(channel);
    return channel;
  };
  readonly locks: TabLocks | null = {
    take: (name, onHeld) => {
      const waiting = {
        tab: this,
        onHeld: () => {
          if (!this.isDead) onHeld();
        },
      };
      const queue = this.browser.locks.get(name) ?? [];
      this.browser.locks.set(name, [...queue, waiting]);
      this.#held.push({ name, waiting });
      if (queue.length === 0) this.browser.grant(name);
      return () => this.browser.leave(name, waiting);
    },
  };
  readonly signals: PageSignals = {
    isOnline: () => this.isOnline,
    isVisible: () => this.isVisible,
    subscribe: (listener) => {
      this.#listeners.add(listener);
      return () => this.#listeners.delete(listener);
    },
  };

  signal(signal: Parameters<Parameters<PageSignals['subscribe']>[0]>[0]): void {
    for (const listener of [...this.#listeners]) listener(signal);
  }

  setOnline(isOnline: boolean): void {
    this.isOnline = isOnline;
    if (!isOnline) for (const source of this.sources) if (source.isOpen) source.fail();
    this.signal('network');
  }

  setVisible(isVisible: boolean): void {
    this.isVisible = isVisible;
    this.signal('visibility');
  }

  /** Closed, or crashed: nothing of it runs any more, and the browser gives its locks to others. */
  kill(): void {
    this.isDead = true;
    for (const source of this.sources) source.close();
    for (const { name, waiting } of this.#held) this.browser.leave(name, waiting);
  }
}

class TestChannel implements TabChannel {
  #listener: ((message: unknown) => void) | null = null;
  #isClosed = false;

  constructor(
    readonly tab: TestTab,
    readonly name: string,
  ) {}

  send(message: unknown): void {
    if (this.tab.isDead || this.#isClosed) return;
    // As between tabs: a copy, later, to all others, in order.
    const copy = structuredClone(message);
    const others = this.tab.browser.tabs
      .flatMap((tab) => tab.channels)
      .filter((channel) => channel !== this && channel.name === this.name);
    for (const other of others) void Promise.resolve().then(() => other.#hear(copy));
  }

  #hear(message: unknown): void {
    if (!this.#isClosed && !this.tab.isDead && !this.tab.isStuck) this.#listener?.(message);
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#listener = listener;
  }

  close(): void {
    this.#isClosed = true;
  }
}
