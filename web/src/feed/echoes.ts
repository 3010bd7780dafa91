/** The service sums reactions up at most twice a second; a line that stutters may take as long as this. */
const echoMs = 5_000;

/**
 * Own reactions that are shown at once come back in the sums of everybody's. Remembers them until they do, so
 * that none counts twice.
 */
export class Echoes {
  #expected = new Map<string, { change: number; untilMs: number }>();

  expect(what: string, change: number, nowMs: number): void {
    const known = this.#expected.get(what);
    const sum = (known?.change ?? 0) + change;
    if (sum === 0) this.#expected.delete(what);
    else this.#expected.set(what, { change: sum, untilMs: nowMs + echoMs });
  }

  /** What of a change that came is not one's own. */
  heard(what: string, change: number, nowMs: number): number {
    const known = this.#expected.get(what);
    if (!known || known.untilMs < nowMs || Math.sign(known.change) !== Math.sign(change)) return change;
    const own = Math.sign(change) * Math.min(Math.abs(change), Math.abs(known.change));
    this.expect(what, -own, nowMs);
    return change - own;
  }

  /** What never came back, each told once. */
  lost(nowMs: number): [what: string, change: number][] {
    const lost = [...this.#expected].filter(([, { untilMs }]) => untilMs < nowMs);
    for (const [what] of lost) this.#expected.delete(what);
    return lost.map(([what, { change }]) => [what, change]);
  }

  clear(): void {
    this.#expected.clear();
  }
}
