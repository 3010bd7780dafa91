// Written from the C# contracts; not to be edited. After a change of LiveComments.Contracts, write it anew with
//   WRITE_CONTRACTS=1 dotnet test tests/LiveComments.UnitTests --filter TypeScriptContractsTests

export type Role = 'user' | 'moderator' | 'admin';

export type StreamStatus = 'scheduled' | 'live' | 'ended';

export type ResetReason = 'too_far_behind' | 'new_epoch';

export type ReactionType = 'like' | 'love' | 'haha' | 'wow' | 'sad' | 'angry';

export type ModerationAction = 'approve' | 'hold' | 'reject' | 'drop';

export type ReportReason =
  | 'spam'
  | 'harassment'
  | 'hate'
  | 'sexual'
  | 'violence'
  | 'misinformation'
  | 'other';

export type ModerationActKind =
  | 'comment.delete'
  | 'comment.hide'
  | 'comment.unhide'
  | 'comment.keep'
  | 'comment.approve'
  | 'comment.reject'
  | 'comment.pin'
  | 'comment.unpin'
  | 'comment.highlight'
  | 'comment.unhighlight'
  | 'user.ban'
  | 'user.ban.lift'
  | 'user.mute'
  | 'user.mute.lift'
  | 'user.shadow_mute'
  | 'user.shadow_mute.lift'
  | 'moderator.add'
  | 'moderator.remove'
  | 'stream.settings'
  | 'stream.rules';

export type SanctionKind = 'ban' | 'mute' | 'shadow_mute';

export type HeldStatus = 'held' | 'approved' | 'rejected';

export type LoadLevel = 'normal' | 'busy' | 'strained' | 'shedding';

export type ErrorCode =
  | 'INVALID_MESSAGE'
  | 'CONTENT_INVALID'
  | 'BODY_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'UNAUTHORIZED'
  | 'TICKET_INVALID'
  | 'TOKEN_EXPIRED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'STREAM_NOT_FOUND'
  | 'STREAM_EXISTS'
  | 'STREAM_ENDED'
  | 'COMMENT_NOT_FOUND'
  | 'REACTION_INVALID'
  | 'IDEMPOTENCY_KEY_INVALID'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'RATE_LIMITED'
  | 'CONTENT_VIOLATION'
  | 'BANNED'
  | 'MUTED'
  | 'COMMENTS_OFF'
  | 'EMOTE_ONLY'
  | 'FOLLOWERS_ONLY'
  | 'SUBSCRIBERS_ONLY'
  | 'RULE_INVALID'
  | 'REVIEW_DECIDED'
  | 'TOO_MANY_CONNECTIONS'
  | 'CURSOR_INVALID'
  | 'LIMIT_INVALID'
  | 'RANGE_INVALID'
  | 'UPGRADE_REQUIRED'
  | 'OVERLOADED'
  | 'UNAVAILABLE'
  | 'INTERNAL';

export type AckStatus = 'accepted' | 'rate_limited' | 'rejected' | 'held';

export interface Ack {
  idempotencyKey: string;
  status: AckStatus;
  commentId?: string;
  retryAfterMs?: number;
  code?: string;
  message?: string;
}

export interface AnalyticsTotals {
  comments: number;
  commenters: number;
  reactions: number;
  peakViewers: number;
  sentiment: number | null;
  held: number;
  approved: number;
  rejected: number;
  dropped: number;
  heldShare: number;
  rejectedShare: number;
}

export interface Authenticate {
  token: string | null;
}

export interface ClaimRequest {
  count?: number | null;
  except?: string[] | null;
}

export interface Comment {
  id: string;
  streamId: string;
  userId: string;
  username: string;
  displayName?: string;
  avatarUrl: string | null;
  content: string;
  parentId: string | null;
  mentions: string[];
  isHighlighted: boolean;
  isPinned: boolean;
  isPaid: boolean;
  reactionCounts: Record<string, number>;
  createdAt: number;
  mediaTimeMs: number | null;
  idempotencyKey?: string;
  receivedAt: number;
  cursor?: string;
  status?: string;
  restoredFrom?: string;
}

export interface CommentCount {
  streamId: string;
  count: number;
}

export interface CommentPage {
  comments: Comment[];
  next: string | null;
}

export interface CommentReaction {
  streamId: string;
  commentId: string;
  userId: string;
  username: string;
  displayName?: string;
  avatarUrl: string | null;
  reactionType: ReactionType;
  isSet: boolean;
  reactedAt: number;
}

export interface CommentReactionPage {
  streamId: string;
  commentId: string;
  reactionCounts: Record<string, number>;
  mine: string[];
  reactions: Reactor[];
  next: string | null;
}

export interface CommentReactionState {
  streamId: string;
  commentId: string;
  reactionType: ReactionType;
  isSet: boolean;
  reactionCounts: Record<string, number>;
  mine: string[];
}

export interface CommentRemoved {
  streamId: string;
  commentId: string;
}

export interface CommentReport {
  comment: Comment;
  userId: string;
  username: string;
  reason: ReportReason;
  note?: string;
  weight: number;
  at: number;
}

export interface CommentReviewed {
  streamId: string;
  commentId: string;
  status: HeldStatus;
  note: string | null;
}

export interface CommentsBatch {
  streamId: string;
  comments: Comment[];
  isBackfill: boolean;
  cursor: string;
  previousCursor: string | null;
  omitted: number;
}

export interface CommentUpdated {
  streamId: string;
  commentId: string;
  reactionChanges: Record<string, number>;
  isPinned?: boolean;
  isHighlighted?: boolean;
}

export interface CreateStream {
  title: string | null;
  id?: string | null;
  description?: string | null;
  videoUrl?: string | null;
  thumbnailUrl?: string | null;
}

export interface CursorMoved {
  streamId: string;
}

export interface DevToken {
  token: string;
  expiresAt: string;
  user: User;
}

export interface DevTokenRequest {
  username: string | null;
  displayName?: string | null;
  role?: Role | null;
}

export interface DisplayReport {
  transport: string | null;
  latenciesMs: number[] | null;
  clockErrorMs: number;
  streamId?: string | null;
}

export interface DisplayReportAnswer {
  now: number;
}

export interface DryRun {
  examined: number;
  before: DryRunCount[];
  after: DryRunCount[];
  changedCount: number;
  changed: DryRunChange[];
  changedNext: string | null;
  removedExamined: number;
  removedCaught: number;
  through: number | null;
  progress: number;
  next: string | null;
}

export interface DryRunChange {
  comment: Comment;
  stored: ModerationAction;
  before: DryRunVerdict;
  after: DryRunVerdict;
  scores: TextScores;
}

export interface DryRunCount {
  action: ModerationAction;
  reason: string;
  count: number;
}

export interface DryRunRequest {
  rules: ModerationRules | null;
  from?: number | null;
  to?: number | null;
  limit?: number | null;
  cursor?: string | null;
}

export interface DryRunVerdict {
  action: ModerationAction;
  reason: string;
  detail: string | null;
}

export interface DuplicateRule {
  action: ModerationAction;
  perUser?: number | null;
  perStream?: number | null;
}

export interface FloodRule {
  action: ModerationAction;
  max: number;
}

export interface Follow {
  userId: string;
  since: number;
}

export interface FollowChange {
  userId: string;
  creatorId: string;
  isFollowing: boolean;
  at: number;
}

export interface FollowList {
  follows: Follow[];
}

export interface Gap {
  streamId: string;
  after: string;
  until: string;
}

export interface HeldComment {
  comment: Comment;
  status: HeldStatus;
  note: string | null;
}

export interface HeldComments {
  comments: HeldComment[];
}

export interface JoinStream {
  streamId: string | null;
  cursor?: string | null;
  lastSeenCommentId?: string | null;
}

export interface LanguageRule {
  action: ModerationAction;
  allowed: string[] | null;
  confidence?: number | null;
}

export interface LatencyFigures {
  count: number;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
}

export interface LinkRule {
  action: ModerationAction;
  allowed?: string[] | null;
}

export interface ListedStream {
  viewerCount: number;
  commentCount: number;
  reactionCount: number;
  id: string;
  title: string;
  description: string | null;
  creatorId: string;
  status: StreamStatus;
  thumbnailUrl: string | null;
  videoUrl: string | null;
  startedAt: number;
  endedAt: number | null;
  settings?: StreamSettings;
}

export interface LiveStream {
  id: string;
  title: string;
  description: string | null;
  creatorId: string;
  status: StreamStatus;
  thumbnailUrl: string | null;
  videoUrl: string | null;
  startedAt: number;
  endedAt: number | null;
  settings?: StreamSettings;
}

export interface LiveTicket {
  ticket: string;
  expiresAt: string;
}

export interface LiveTicketRequest {
  streamId: string | null;
}

export interface ModerationAct {
  id: string;
  streamId: string | null;
  kind: ModerationActKind;
  byId: string;
  byName: string;
  at: number;
  reason: string | null;
  comment?: Comment;
  userId?: string;
  until?: number;
  before?: StreamSettings;
  after?: StreamSettings;
  rules?: ModerationRules;
  moves?: ReputationMove[];
}

export interface ModerationActPage {
  acts: ModerationAct[];
  next: string | null;
}

export interface ModerationReason {
  reason?: string | null;
}

export interface ModerationRules {
  words: WordRule[];
  patterns: PatternRule[];
  links: LinkRule | null;
  duplicates: DuplicateRule | null;
  scores: ScoreRule | null;
  language: LanguageRule | null;
  mentions: FloodRule | null;
  emoji: FloodRule | null;
  newUsers: FloodRule | null;
  lowReputation: ReputationRule | null;
}

export interface ModeratorList {
  userIds: string[];
  names: Record<string, string>;
}

export interface PatternRule {
  pattern: string;
  action: ModerationAction;
}

export interface PollAnswer {
  messages: ContractMessage[];
  cursor: string;
}

export interface PostComment {
  content: string | null;
  parentId?: string | null;
  mediaTimeMs?: number | null;
}

export interface PostToStream {
  streamId: string | null;
  content: string | null;
  idempotencyKey: string | null;
  parentId?: string | null;
  mediaTimeMs?: number | null;
}

export interface QueuedComment {
  comment: Comment;
  reason: string;
  detail: string | null;
  claimedById: string | null;
  claimedUntil: number | null;
  isPublished?: boolean;
  claimedByName?: string | null;
  streamTitle?: string | null;
}

export interface React {
  streamId: string | null;
  reactionType: string | null;
  commentId?: string | null;
  idempotencyKey?: string | null;
}

export interface ReactionRequest {
  reactionType: ReactionType | null;
}

export interface ReactionsBatch {
  streamId: string;
  counts: Record<string, number>;
  timestamp: number;
}

export interface ReactionTotals {
  streamId: string;
  counts: Record<string, number>;
  total: number;
}

export interface Reactor {
  userId: string;
  username: string;
  avatarUrl: string | null;
  reactionType: ReactionType;
  reactedAt: number;
  cursor: string;
  displayName?: string;
}

export interface Report {
  userId: string;
  username: string;
  reason: ReportReason;
  note: string | null;
  at: number;
}

export interface ReportedComment {
  comment: Comment;
  count: number;
  weight: number;
  isInReview: boolean;
  reasons: Record<string, number>;
  reports: Report[];
  streamTitle?: string | null;
}

export interface ReportedComments {
  comments: ReportedComment[];
  next?: string | null;
}

export interface ReportRequest {
  reason: ReportReason;
  note?: string | null;
}

export interface ReputationMove {
  userId: string;
  by: number;
}

export interface ReputationRule {
  action: ModerationAction;
  below?: number | null;
}

export interface Reset {
  streamId: string;
  reason: ResetReason;
}

export interface ReviewQueue {
  comments: QueuedComment[];
  next?: string | null;
}

export interface Sanction {
  streamId: string | null;
  userId: string;
  kind: SanctionKind;
  reason: string | null;
  until: number | null;
  byId: string;
  byName: string;
  at: number;
  name?: string | null;
}

export interface SanctionList {
  sanctions: Sanction[];
}

export interface SanctionRequest {
  reason?: string | null;
  durationSeconds?: number | null;
}

export interface ScoreRule {
  holdAbove?: number | null;
  rejectAbove?: number | null;
}

export interface ServerError {
  code: string;
  message: string;
  retryable: boolean;
  idempotencyKey?: string;
  retryAfterMs?: number;
}

export interface StreamAnalytics {
  streamId: string;
  from: number;
  to: number;
  stepSeconds: number;
  times: number[];
  comments: number[];
  commenters: number[];
  reactions: number[];
  viewers: (number | null)[];
  peakViewers: (number | null)[];
  sentiment: (number | null)[];
  held: number[];
  approved: number[];
  rejected: number[];
  dropped: number[];
  totals: AnalyticsTotals;
  topComments: Comment[];
  isLive: boolean;
  measuredAt: number;
}

export interface StreamList {
  streams: ListedStream[];
  next: string | null;
}

export interface StreamLoad {
  level: LoadLevel;
  batchIntervalMs: number;
  commentsPerSecond: number;
}

export interface StreamMetrics {
  streamId: string;
  viewerCount: number;
  peakViewerCount: number;
  commentCount: number;
  commentsPerMinute: number;
  uniqueCommenters: number;
  reactionCount: number;
  reactionsPerMinute: number;
  measuredAt: number;
}

export interface StreamRights {
  streamId: string;
  mayModerate: boolean;
  mayAppoint: boolean;
}

export interface StreamSettings {
  slowModeSeconds: number;
  commentsOff: boolean;
  emoteOnly: boolean;
  shieldMode: boolean;
  followersOnlySeconds?: number;
  subscribersOnly: boolean;
  reportsToReview?: number;
}

export interface StreamSlo {
  streamId: string;
  from: number;
  to: number;
  delivery: LatencyFigures;
  painted: LatencyFigures;
  retraction: LatencyFigures;
  gapsRepaired: number;
  comments: number;
  omitted: number;
  omittedShare: number;
  processes: number;
}

export interface StreamState {
  streamId: string;
  load?: StreamLoad;
  id: string;
  title: string;
  description: string | null;
  creatorId: string;
  status: StreamStatus;
  thumbnailUrl: string | null;
  videoUrl: string | null;
  startedAt: number;
  endedAt: number | null;
  settings?: StreamSettings;
}

export interface TextScores {
  toxicity: number;
  spam: number;
  unwanted: number;
  sentiment: number;
  language: string | null;
  languageConfidence: number;
}

export interface User {
  id: string;
  username: string;
  displayName: string;
  avatarUrl: string | null;
  role: Role;
}

export interface ViewerCount {
  streamId: string;
  count: number;
}

export interface WordRule {
  word: string;
  action: ModerationAction;
  match?: string;
}

export type ContractMessage =
  | { type: 'comments_batch'; payload: CommentsBatch }
  | { type: 'comment_updated'; payload: CommentUpdated }
  | { type: 'comment_removed'; payload: CommentRemoved }
  | { type: 'reactions_batch'; payload: ReactionsBatch }
  | { type: 'viewer_count'; payload: ViewerCount }
  | { type: 'comment_count'; payload: CommentCount }
  | { type: 'comment_reviewed'; payload: CommentReviewed }
  | { type: 'stream_state'; payload: StreamState }
  | { type: 'cursor_moved'; payload: CursorMoved }
  | { type: 'reset'; payload: Reset }
  | { type: 'gap'; payload: Gap }
  | { type: 'ack'; payload: Ack }
  | { type: 'error'; payload: ServerError };
