/** Every word the pages say, in one place. A translation replaces this file. */
const plural = (count: number, one: string, many: string) =>
  count === 1 ? `1 ${one}` : `${count.toLocaleString()} ${many}`;

export const strings = {
  /** The direction of this file's language; comments have their own each. */
  direction: 'ltr' as 'ltr' | 'rtl',
  language: 'en',
  product: 'Live Comments',
  noSuchStream: 'There is no such stream.',
  noSuchPage: 'There is nothing here.',
  goHome: 'See what is live',
  close: 'Close',
  dismiss: 'Dismiss',
  somethingBroke: 'This page broke. Loading it again helps; your unsent comments are kept.',
  reload: 'Load again',

  // The streams that are live
  liveNow: 'Live now',
  loadingStreams: 'Looking for live streams …',
  nothingIsLive: 'Nothing is live at the moment.',
  nothingIsLiveHint: 'This page looks again by itself.',
  streamsUnreachable: 'The list can’t be had right now. Trying again …',
  moreStreams: 'Show more',
  startedAgo: (what: string) => `started ${what}`,

  // A stream
  skipToComposer: 'Skip to the comment box',
  status: { scheduled: 'Scheduled', live: 'Live', ended: 'Ended' },
  watching: (count: number) => `${count.toLocaleString()} watching`,
  commentCount: (count: number) => plural(count, 'comment', 'comments'),
  shortCommentCount: (compact: string, count: number) => (count === 1 ? '1 comment' : `${compact} comments`),
  reactionCount: (count: number) => plural(count, 'reaction', 'reactions'),
  noVideo: 'The video can’t be played here. The conversation goes on.',
  reactToStream: 'React to the stream',
  reactions: { like: 'Like', love: 'Love', haha: 'Haha', wow: 'Wow', sad: 'Sad', angry: 'Angry' },
  reactionButton: (name: string, count: number) =>
    count === 0 ? name : `${name}, ${count.toLocaleString()}`,
  ended: 'This stream has ended. Thank you for watching.',

  // The conversation
  chat: 'Live chat',
  comments: 'Comments',
  sort: 'Order of the comments',
  newest: 'Live',
  top: 'Top',
  topHint: 'Most reactions and replies first',
  loadingComments: 'Fetching the conversation …',
  noComments: 'No comments yet. Be the first.',
  noTopComments: 'Nothing has been reacted to yet.',
  listFailed: 'These can’t be had right now.',
  again: 'Try again',
  more: 'Show more',
  refresh: 'Refresh',
  loadingOlder: 'Fetching earlier comments …',
  olderFailed: 'Earlier comments can’t be had right now. Try again',
  jumpToLatest: (count: number) =>
    count === 0 ? 'Jump to latest' : plural(count, 'new comment', 'new comments'),
  sampled: (every: number) => `Very busy: 1 in ${every.toLocaleString()} shown`,
  sampledHint:
    'Comments come faster than anybody can read. Yours, answers to you and mentions of you are always shown.',
  lostHere: 'Comments were lost here',
  interruption: {
    gap: 'Some comments were lost on the way.',
    too_far_behind: 'You were away for long: here are the latest comments.',
    new_epoch: 'The conversation was started afresh by the server.',
  },
  connection: {
    connecting: 'Connecting',
    open: 'Connected',
    reconnecting: 'Reconnecting',
    offline: 'Offline',
    paused: 'Paused',
    closed: 'Disconnected',
  },
  retryNow: 'Try now',
  pinned: 'Pinned',
  showAll: 'Show all',
  showLess: 'Show less',

  // One comment
  you: 'You',
  host: 'Host',
  paid: 'Paid',
  highlighted: 'Highlighted',
  mentionsYou: 'Mentions you',
  commentBy: (name: string) => `Comment by ${name}`,
  actions: 'What you can do with this comment',
  react: 'React',
  reply: 'Reply',
  moreActions: 'More',
  whoReacted: 'See who reacted',
  deleteOwn: 'Delete',
  deleteReally: 'Really delete it?',
  deleteFailed: (why: string) => `It could not be deleted: ${why}`,
  reactionFailed: (why: string) => `Your reaction didn’t count: ${why}`,
  joinToReact: 'Join to react.',
  inReplyTo: 'In reply to',
  inReplyToEarlier: 'In reply to an earlier comment',
  replies: (count: number) => plural(count, 'reply', 'replies'),
  thread: 'Replies',
  closeThread: 'Back to the conversation',
  noReplies: 'No replies yet.',
  threadGone: 'This comment is no longer there.',
  peopleWhoReacted: 'Who reacted',
  everyReaction: 'All',

  // Announced to screen readers
  announce: (name: string, text: string) => `${name}: ${text}`,
  announceMany: (count: number, name: string) =>
    `${count.toLocaleString()} new comments, the last by ${name}`,

  // Joining and writing
  yourName: 'Your name',
  join: 'Join',
  joining: 'Joining …',
  joinHint: 'Pick a name to take part. It is forgotten when you close this tab.',
  joinedAs: 'Commenting as',
  leave: 'Leave',
  sessionOver: 'Your sign-in is no longer valid. Join again; your comments are kept.',
  yourComment: 'Your comment',
  commentPlaceholder: 'Say something …',
  replyPlaceholder: 'Write a reply …',
  send: 'Send',
  save: 'Save',
  charactersLeft: (left: number) =>
    left < 0 ? `${(-left).toLocaleString()} too many` : `${left.toLocaleString()} left`,
  emoji: 'Emoji',
  emojiGroups: { faces: 'Faces', hands: 'Hands', feelings: 'Feelings', things: 'Things' },
  mentionSomebody: 'People to mention',
  offlineHint: 'You are offline. What you write is kept, and sent when you are back.',
  editing: 'Changing a comment that was not sent yet',
  stopEditing: 'Don’t change it',
  sentMeanwhile: 'It was sent meanwhile, as it was.',
  refusedPost: {
    empty: 'There is nothing in it.',
    too_long: 'This is too long.',
    full: 'Ten comments are waiting already. Your text is kept here.',
    signed_out: 'Join again to send it. Your text is kept here.',
  },

  // A comment of one's own on its way
  post: {
    sending: 'Sending …',
    queued: 'Waits to be sent',
    offline: 'Sent when you are back online',
    rate_limited: (seconds: number) => `You are fast: it goes by itself in ${seconds} s`,
    retrying: (seconds: number) => `Not sent yet: tried again in ${seconds} s`,
    sent: 'Sent',
    held: 'Waits for a moderator',
    rejected: 'Not accepted',
    failed: 'Not sent',
  },
  edit: 'Change',
  remove: 'Remove',
  retry: 'Send again',

  /** Reasons by the service's error codes; its own words are used for the others. */
  refusals: {
    RATE_LIMITED: 'You are too fast.',
    BANNED: 'You can’t take part here: you are banned.',
    MUTED: 'You can’t comment right now: you are muted.',
    CONTENT_VIOLATION: 'This goes against the rules of the chat.',
    STREAM_ENDED: 'The stream has ended.',
    COMMENTS_OFF: 'Comments are switched off.',
    COMMENT_NOT_FOUND: 'The comment is no longer there.',
    UNREACHABLE: 'The service can’t be reached.',
  } as Readonly<Record<string, string>>,
};
