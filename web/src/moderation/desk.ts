import { createContext, useContext } from 'react';
import type { Answer, Session } from '../feed';
import { describeFailure } from '../watch/failure';
import type { DeskApi } from './deskApi';
import { deskStrings as strings } from './strings';

/** The way back from an act, where the service has one. */
export type Undo = () => Promise<Answer<unknown>>;

/** What every part of a moderator's pages shares. */
export interface Desk {
  readonly api: DeskApi;
  readonly session: Session;
  /** Null where all streams are meant. */
  readonly streamId: string | null;
  /** Whether the user says who else moderates. */
  readonly mayAppoint: boolean;
  /** Says what came of an act where everybody looks, with a way back. */
  tell(text: string, undo?: Undo): void;
}

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error('Not at a moderator’s desk.');
  return desk;
}

/** Awaits an act and says what came of it. */
export async function perform<T>(
  desk: Desk,
  act: Promise<Answer<T>>,
  done: string,
  undo?: Undo,
): Promise<Answer<T>> {
  const answer = await act;
  if (answer.ok) desk.tell(done, undo);
  else desk.tell(strings.failed(describeFailure(answer)));
  return answer;
}
