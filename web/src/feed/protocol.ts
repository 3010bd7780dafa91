/** The wire as the service speaks it. Only types: the shapes belong to the C# contracts, see `contracts.ts`. */

import type * as Contracts from './contracts';

export type { Comment, CommentsBatch, LiveTicket, Reset, Role, StreamStatus, User } from './contracts';

/** `<epoch>-<sequence>`: a place in a stream's log. Ask `cursor.ts` for its order; elsewhere it is opaque. */
export type Cursor = string;

export type Session = Contracts.DevToken;

export type StreamInfo = Contracts.LiveStream;

/** The answer to a post: the comment, and its own place in the log. */
export type PostedComment = Contracts.Comment & { cursor: Cursor };

export interface ViewerCount {
  streamId: string;
  count: number;
}

/** Events were lost for good. */
export interface Gap {
  streamId: string;
}

/** This client relies on no more of it than these. */
export type StreamState = Pick<Contracts.StreamState, 'id' | 'title' | 'status'>;

export type ServerMessage =
  | { type: 'comments_batch'; payload: Contracts.CommentsBatch }
  | { type: 'comment_removed'; payload: Contracts.CommentRemoved }
  | { type: 'viewer_count'; payload: ViewerCount }
  | { type: 'stream_state'; payload: StreamState }
  | { type: 'reset'; payload: Contracts.Reset }
  | { type: 'gap'; payload: Gap };

export type MessageType = ServerMessage['type'];

/** RFC 9457 problem details, with our two members. */
export interface Problem {
  title: string;
  status: number;
  detail?: string | null;
  code: string;
  retryable: boolean;
}
