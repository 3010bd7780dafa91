import type { LatencyFigures, StreamSlo } from '../feed/contracts';
import { broadcastStrings as strings } from './strings';

/** The last bucket of the service's histograms: a minute, and everything beyond. */
const mostMs = 59_000;

export interface LevelRow {
  readonly name: string;
  readonly p50: string;
  readonly p95: string;
  readonly p99: string;
  readonly count: string;
}

/** What the table of a stream's service levels says, row by row. */
export function rowsOf(slo: Pick<StreamSlo, 'delivery' | 'painted' | 'retraction'>): LevelRow[] {
  return [
    rowOf(strings.delivered, slo.delivery),
    rowOf(strings.painted, slo.painted),
    rowOf(strings.retracted, slo.retraction),
  ];
}

function rowOf(name: string, figures: LatencyFigures): LevelRow {
  return {
    name,
    p50: duration(figures.p50Ms),
    p95: duration(figures.p95Ms),
    p99: duration(figures.p99Ms),
    count: figures.count.toLocaleString(),
  };
}

/** As short as it is said: `85 ms`, `1.2 s`; nothing where nothing was measured. */
export function duration(ms: number | null): string {
  if (ms === null) return '–';
  if (ms > mostMs) return strings.aMinuteOrMore;
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
