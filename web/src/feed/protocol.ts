/** The wire as the service speaks it. Only types: the shapes belong to the C# contracts, see `contracts.ts`. */

import type * as Contracts from './contracts';

export type {
  Comment,
  CommentPage,
  CommentReactionPage,
  CommentReactionState,
  CommentsBatch,
  CommentUpdated,
  HeldComments,
  HeldStatus,
  ListedStream,
  LiveTicket,
  ReactionTotals,
  ReactionType,
  ReportReason,
  Reset,
  Role,
  Sanction,
  SanctionKind,
  StreamList,
  StreamLoad,
  StreamRights,
  StreamStatus,
  User,
} from './contracts';

/** `<epoch>-<sequence>`: a place in a stream's log. Ask `cursor.ts` for its order; elsewhere it is opaque. */
export type Cursor = string;

export type Session = Contracts.DevToken;

export type StreamInfo = Contracts.LiveStream;

export type StreamSettings = Contracts.StreamSettings;

/** The answer to a post: the comment, and its own place in the log. */
export type PostedComment = Contracts.Comment & { cursor: Cursor };

/** This client relies on no more of it than these. */
export type StreamState = Pick<Contracts.StreamState, 'id' | 'title' | 'status'> &
  Partial<Contracts.StreamState>;

/** What a connection is told that the feed can use; an `ack` answers posts that we don't send this way. */
export type ServerMessage =
  | { type: 'comments_batch'; payload: Contracts.CommentsBatch }
  | { type: 'comment_updated'; payload: Contracts.CommentUpdated }
  | { type: 'comment_removed'; payload: Contracts.CommentRemoved }
  | { type: 'reactions_batch'; payload: Contracts.ReactionsBatch }
  | { type: 'viewer_count'; payload: Contracts.ViewerCount }
  | { type: 'comment_count'; payload: Contracts.CommentCount }
  | { type: 'comment_reviewed'; payload: Contracts.CommentReviewed }
  | { type: 'stream_state'; payload: StreamState }
  | { type: 'reset'; payload: Contracts.Reset }
  | { type: 'gap'; payload: Contracts.Gap };

export type MessageType = ServerMessage['type'];

/** What the service says of the connection itself, before it closes. */
export type ServerError = Contracts.ServerError;

/** RFC 9457 problem details, with our members. */
export interface Problem {
  title: string;
  status: number;
  detail?: string | null;
  code: string;
  retryable: boolean;
  /** The part of the request that is at fault, where there are many. */
  field?: string;
}
