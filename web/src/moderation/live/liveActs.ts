/** What can be done about a comment or its author with one key. */
export type LiveAct = 'hide' | 'delete' | 'pin' | 'highlight' | 'mute' | 'ban' | 'more';

/** In the order of their buttons. The keys are those of the words in English; they are shown on every button. */
export const liveActs: readonly {
  readonly act: LiveAct;
  readonly key: string;
  readonly ofAuthor: boolean;
}[] = [
  { act: 'hide', key: 'h', ofAuthor: false },
  { act: 'delete', key: 'd', ofAuthor: false },
  { act: 'pin', key: 'p', ofAuthor: false },
  { act: 'highlight', key: 'g', ofAuthor: false },
  { act: 'mute', key: 'm', ofAuthor: true },
  { act: 'ban', key: 'b', ofAuthor: true },
  { act: 'more', key: 's', ofAuthor: true },
];
