/** Every word of the broadcaster's page, loaded with it. A translation replaces this file, as it does `../strings.ts`. */
export const broadcastStrings = {
  broadcastOf: (title: string) => `Broadcast: ${title}`,
  parts: 'Parts of the broadcast',
  analytics: 'Analytics',
  settings: 'Settings',
  moderators: 'Moderators',

  range: 'Time',
  ranges: { hour: 'Last hour', sixHours: 'Last 6 hours', day: 'Last 24 hours', all: 'Whole stream' },
  liveNow: 'Live: looks again by itself.',
  measuredAt: (when: string) => `As of ${when}.`,
  noFigures: 'Nothing has happened yet.',

  comments: 'Comments',
  commentsPerMinute: 'Comments per minute',
  commenters: 'Different commenters',
  reactions: 'Reactions',
  viewers: 'Viewers',
  viewersMean: 'On average',
  viewersPeak: 'At most',
  sentiment: 'Mood',
  sentimentHint: '0 sad or angry, 1 glad, a half neither.',
  decided: 'Held and refused, of what people tried to post',
  held: 'Held',
  rejected: 'Refused or dropped',
  peakViewers: 'Most viewers at once',
  heldShare: 'Held',
  rejectedShare: 'Refused or dropped',
  asTable: 'As a table',
  time: 'Time',
  /** A chart for who doesn't see it. */
  chartSummary: (title: string, parts: string) => `${title}: ${parts}.`,
  seriesSummary: (name: string, last: string, most: string) => `${name} ${last} at the end, at most ${most}`,
  topComments: 'Top comments',
  noTopComments: 'Nothing has been reacted to.',
  reactionsOf: (count: number) => (count === 1 ? '1 reaction' : `${count.toLocaleString()} reactions`),

  serviceLevels: 'How soon viewers see it',
  timeTaken: 'Within',
  half: '50 %',
  measured: 'Measured',
  delivered: 'Written to viewers',
  painted: 'Painted by pages',
  retracted: 'Removals told',
  aMinuteOrMore: 'a minute or more',
  omittedOf: (share: string, comments: number) =>
    `Of ${comments.toLocaleString()} comments, ${share} were left out for most viewers.`,
  repairedOf: (entries: number) =>
    entries === 0
      ? 'Nothing had to be repaired.'
      : `${entries.toLocaleString()} missed on the way, and repaired.`,
  levelsHint: (minutes: number, processes: number) =>
    `Of the last ${minutes} minutes, as ${processes === 1 ? '1 process tells' : `${processes} processes tell`}. A comment or removal counts once for each viewer it went to.`,

  pinnedComment: 'Pinned comment',
  noPinned: 'Nothing is pinned. Pin a comment in the moderation’s live list.',
  unpin: 'Unpin',
  unpinned: 'Not pinned any more.',
  stream: 'The stream',
  endStream: 'End the stream',
  endReally: 'Really end it? It can’t be begun again.',
  streamEnded: 'The stream has ended.',

  moderatorsHint: 'They have all powers of moderation here. Their ids are those of their sign-in.',
  userId: 'User id',
  addModerator: 'Add',
  added: (name: string) => `${name} moderates now.`,
  removeModerator: 'Remove',
  removeOf: (name: string) => `Remove ${name}`,
  removed: (name: string) => `${name} doesn’t moderate any more.`,
  noModerators: 'Nobody but you.',
  notYours: 'Only the broadcaster names moderators.',
};
