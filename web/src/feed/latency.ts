import type { FeedEnvironment } from './environment';
import type { Comment } from './protocol';
import type { TransportName } from './state';

/** One page in so many measures: a figure needs some of the viewers, not all. */
export const defaultSampleRate = 0.05;

/** How often what was measured is reported, and how much of it at once. */
export const reportMs = 15_000;
export const maxLatencies = 100;

/** Comments of which nothing was painted for so long were not meant to be seen at once. */
const maxLatencyMs = 60_000;

/** Clocks drift; of so many readings the one with the shortest way is the best. */
const clockReadings = 8;

const address = '/api/telemetry/display';

export interface LatencyOptions {
  readonly baseUrl: string;
  /** From 0 to 1: how many of the pages measure. */
  readonly sampleRate: number;
  /** Whose comments they are. */
  readonly streamId: string;
  transport(): TransportName;
}

export interface LatencyMeter {
  /** Comments that came just now, as they happened. */
  arrived(comments: readonly Comment[]): void;
  /** What has arrived is in the page, and will be seen with the next frame. */
  painted(): void;
  close(): void;
}

/**
 * Measures how long comments take from their arrival at the service until they are seen here.
 *
 * 1. The clock: each report is answered with the service's time. It was read half the way there and back ago, give or take
 *    half of that; the reading with the shortest way counts. The first report, an empty one, asks for no more than that.
 * 2. A comment that came live waits for the page to say that it is drawn, and is measured after that frame was painted.
 *    What comes while the page is hidden is never painted in time and not measured.
 * 3. Latencies go in batches, and the last ones with the page itself.
 */
export function openLatencyMeter(options: LatencyOptions, environment: FeedEnvironment): LatencyMeter {
  const isMeasuring = environment.random() < options.sampleRate;
  if (!isMeasuring) return { arrived: () => {}, painted: () => {}, close: () => {} };

  const readings: { offsetMs: number; wayMs: number }[] = [];
  let waiting: number[] = [];
  let latenciesMs: number[] = [];
  /** What was drawn before the page was hidden is painted when it is back, and tells nothing. */
  let timesHidden = 0;
  let isReporting = false;
  let cancelTimer: (() => void) | null = null;

  const clock = () =>
    readings.reduce<(typeof readings)[number] | null>(
      (best, reading) => (best === null || reading.wayMs < best.wayMs ? reading : best),
      null,
    );

  const report = async () => {
    if (isReporting) return;
    isReporting = true;
    const batch = latenciesMs;
    latenciesMs = [];
    const askedAt = environment.now();
    try {
      const response = await environment.fetch(`${options.baseUrl}${address}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(bodyOf(batch)),
      });
      const answeredAt = environment.now();
      const { now } = (await response.json()) as { now?: unknown };
      if (response.ok && typeof now === 'number') {
        readings.push({ offsetMs: now - (askedAt + answeredAt) / 2, wayMs: answeredAt - askedAt });
        readings.splice(0, readings.length - clockReadings);
      }
    } catch {
      // A figure less; nobody waits for it.
    }
    isReporting = false;
  };

  const bodyOf = (batch: readonly number[]) => ({
    streamId: options.streamId,
    transport: options.transport(),
    latenciesMs: batch,
    clockErrorMs: Math.ceil((clock()?.wayMs ?? 0) / 2),
  });

  const schedule = () => {
    cancelTimer = environment.setTimer(() => {
      // Without a clock there is nothing to report, but a clock to ask for.
      if (latenciesMs.length > 0 || (readings.length === 0 && environment.signals.isVisible())) void report();
      schedule();
    }, reportMs);
  };

  const sayLast = () => {
    if (latenciesMs.length === 0) return;
    environment.sendLast(`${options.baseUrl}${address}`, JSON.stringify(bodyOf(latenciesMs)));
    latenciesMs = [];
  };

  const unsubscribe = environment.signals.subscribe((signal) => {
    if (signal !== 'suspend' && (signal !== 'visibility' || environment.signals.isVisible())) return;
    timesHidden++;
    waiting = [];
    sayLast();
  });
  void report();
  schedule();

  return {
    arrived: (comments) => {
      if (clock() === null || !environment.signals.isVisible()) return;
      for (const { receivedAt } of comments)
        if (receivedAt > 0 && waiting.length < maxLatencies) waiting.push(receivedAt);
    },
    painted: () => {
      if (waiting.length === 0) return;
      const askedAt = timesHidden;
      const seen = waiting;
      waiting = [];
      environment.afterPaint(() => {
        const reading = clock();
        if (!reading || askedAt !== timesHidden) return;
        const serviceNow = environment.now() + reading.offsetMs;
        for (const receivedAt of seen) {
          const latencyMs = Math.max(0, Math.round(serviceNow - receivedAt));
          if (latencyMs <= maxLatencyMs && latenciesMs.length < maxLatencies) latenciesMs.push(latencyMs);
        }
      });
    },
    close: () => {
      cancelTimer?.();
      unsubscribe();
      sayLast();
    },
  };
}
