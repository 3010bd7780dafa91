import type { Sampling } from './state';

/** Long enough for a steady figure, short enough to tell the present. */
const windowMs = 10_000;

/** Counts what a stream that is faster than people read leaves out. */
export class SamplingWindow {
  #batches: { atMs: number; shown: number; omitted: number }[] = [];

  add(shown: number, omitted: number, nowMs: number): void {
    this.#batches.push({ atMs: nowMs, shown, omitted });
  }

  clear(): void {
    this.#batches = [];
  }

  /** Null when nothing was left out lately. */
  at(nowMs: number): Sampling | null {
    this.#batches = this.#batches.filter((batch) => nowMs - batch.atMs < windowMs);
    let shown = 0;
    let omitted = 0;
    for (const batch of this.#batches) {
      shown += batch.shown;
      omitted += batch.omitted;
    }
    return omitted === 0 ? null : { shown, posted: shown + omitted };
  }
}
