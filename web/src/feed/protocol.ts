/** The wire as the service speaks it. Only types: the shapes belong to the C# contracts. */

/** `<epoch>-<sequence>`: a place in a stream's log. Ask `cursor.ts` for its order; elsewhere it is opaque. */
export type Cursor = string;

export type Role = 'user' | 'moderator' | 'admin';

export interface User {
  id: string;
  username: string;
  displayName: string;
  avatarUrl: string | null;
  role: Role;
}

export interface Session {
  token: string;
  /** ISO 8601. */
  expiresAt: string;
  user: User;
}

export type StreamStatus = 'scheduled' | 'live' | 'ended';

export interface StreamInfo {
  id: string;
  title: string;
  description?: string | null;
  status: StreamStatus;
}

export interface Comment {
  /** A 64-bit number as text: JSON numbers would lose its end. */
  id: string;
  streamId: string;
  userId: string;
  username: string;
  avatarUrl: string | null;
  content: string;
  parentId: string | null;
  mentions: string[];
  isHighlighted: boolean;
  isPinned: boolean;
  isPaid: boolean;
  reactionCounts: Record<string, number>;
  /** Unix milliseconds: for display, never for order. */
  createdAt: number;
  mediaTimeMs: number | null;
  /** Only its author gets it. */
  idempotencyKey?: string | null;
  /** Unix milliseconds at which the service accepted it. */
  receivedAt: number;
}

/** The answer to a post: the comment, and its own place in the log. */
export interface PostedComment extends Comment {
  cursor: Cursor;
}

/** Consecutive comments in log order; the last one stands at or just before `cursor`. */
export interface CommentsBatch {
  streamId: string;
  comments: Comment[];
  isBackfill: boolean;
  cursor: Cursor;
  previousCursor: Cursor | null;
  /** How many the server left out because nobody could read that fast. */
  omitted: number;
}

export interface ViewerCount {
  streamId: string;
  count: number;
}

/** Drop what you hold: a backfill follows. */
export interface Reset {
  streamId: string;
  /** `too_far_behind` (more was missed than is sent again) or `new_epoch` (the log was made anew). */
  reason: string;
}

/** Events were lost for good. */
export interface Gap {
  streamId: string;
}

export type ServerMessage =
  | { type: 'comments_batch'; payload: CommentsBatch }
  | { type: 'viewer_count'; payload: ViewerCount }
  | { type: 'stream_state'; payload: StreamInfo }
  | { type: 'reset'; payload: Reset }
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
