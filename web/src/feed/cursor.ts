import type { Cursor } from './protocol';

export interface Position {
  epoch: number;
  sequence: number;
}

/** The place a cursor names, or null when it names none. */
export function parseCursor(cursor: Cursor): Position | null {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(cursor);
  return match ? { epoch: Number(match[1]), sequence: Number(match[2]) } : null;
}

export function comparePositions(a: Position, b: Position): number {
  return a.epoch - b.epoch || a.sequence - b.sequence;
}
