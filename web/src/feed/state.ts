import type { Failure } from './api';
import type { Comment, ReactionType, StreamInfo, StreamLoad, StreamRights, StreamSettings } from './protocol';
import type { Entry } from './timeline';

/** How messages come: chosen by option, exchanged for the next one when it can't be had. */
export type TransportName = 'websocket' | 'sse' | 'poll';

export interface ConnectionState {
  /**
   * - `connecting`: for the first time, or because somebody asked for it
   * - `open`: comments arrive
   * - `reconnecting`: lost; another attempt is under way, or comes at `retryAtMs`
   * - `offline`: this device has no network; goes on by itself when it has
   * - `paused`: no tab with this stream has been visible for a while; goes on when one is
   * - `banned`: the service has sent this user away, and says why in `message`; it is not asked again by itself
   * - `closed`: by `close()`
   */
  readonly name: 'connecting' | 'open' | 'reconnecting' | 'offline' | 'paused' | 'banned' | 'closed';
  /** The one in use, or the one that is tried. */
  readonly transport: TransportName;
  /** `Date.now()` of the next attempt while one is waited for. */
  readonly retryAtMs: number | null;
  /** What the service said, for a person; while `banned`. */
  readonly message?: string | undefined;
  /** Whether this tab holds the line for all tabs of this stream and user, hears through another's, or has its own. */
  readonly sharing: 'alone' | 'leader' | 'follower';
}

/** What the viewer should know about the list: something was lost, or it was begun again. */
export type Interruption = 'gap' | 'too_far_behind' | 'new_epoch';

/** Of the comments of the last seconds, how many are shown: “1 in 14” is `{ shown: 1, posted: 14 }` times something. */
export interface Sampling {
  readonly shown: number;
  readonly posted: number;
}

export interface ReactionSums {
  readonly counts: Readonly<Partial<Record<ReactionType, number>>>;
  readonly total: number;
}

/**
 * - `pending`: waits for its turn or the network, or is on its way (`isSending`)
 * - `rate_limited`: waits until `retryAtMs`, then goes by itself
 * - `held`: accepted, and shown to others when a moderator has let it pass; then it is none any more
 * - `rejected`: the service, or a moderator, will not have it, for `reason`; it stays for its author to change or remove
 * - `failed`: no answer within 3 tries or 5 minutes; it stays for its author to retry, change or remove
 *
 * One that is accepted is none any more: it stands among the entries.
 */
export type PostStatus = 'pending' | 'rate_limited' | 'held' | 'rejected' | 'failed';

/** A comment of one's own on its way. Kept in this browser over reloads until it is accepted or removed. */
export interface OwnPost {
  readonly id: string;
  readonly content: string;
  readonly parentId: string | null;
  readonly mediaTimeMs: number | null;
  /** `Date.now()` when it was written. */
  readonly createdAt: number;
  readonly status: PostStatus;
  readonly isSending: boolean;
  /** False while it is sent, and once it may have arrived: then only the very same may be sent again. */
  readonly canEdit: boolean;
  readonly attempts: number;
  /** The exact reason of what is not well: of `rejected` and `failed`, and of the last try while it is `pending`. */
  readonly reason: Pick<Failure, 'code' | 'message'> | null;
  /** `Date.now()` of the next try, when that is known. */
  readonly retryAtMs: number | null;
}

export type Rights = Pick<StreamRights, 'mayModerate' | 'mayAppoint'>;

/** The answers to a comment, oldest first. */
export interface Thread {
  readonly replies: readonly Comment[];
  /** `loaded`: all that there were, and live ones are added. `more`: ask again for the rest. */
  readonly state: 'loading' | 'loaded' | 'more' | 'failed';
}

/** Somebody who takes part, as far as this viewer can know: who commented lately. */
export interface Person {
  readonly userId: string;
  /** What one writes behind an `@`. */
  readonly username: string;
  readonly displayName: string;
  readonly avatarUrl: string | null;
}

export interface FeedState {
  readonly connection: ConnectionState;
  /** Null until the service or the stream itself has said. */
  readonly stream: StreamInfo | null;
  readonly lookup: 'loading' | 'found' | 'missing' | 'unreachable';
  /** In log order, oldest first; replies among them. */
  readonly entries: readonly Entry[];
  /** Whether there is more above the first entry: ask `loadOlder()` while `more` or `failed`. */
  readonly older: 'more' | 'loading' | 'none' | 'failed';
  /** False until the first backfill: an empty list means “none” only then. */
  readonly isFilled: boolean;
  readonly interruption: Interruption | null;
  /** Null while everything is shown. */
  readonly sampling: Sampling | null;
  /** How the service gets by while it has too much to do; null while everything is as always. */
  readonly load: StreamLoad | null;
  /** What the broadcaster wants everybody to see; it need not be among the entries. */
  readonly pinned: Comment | null;
  readonly viewers: number | null;
  readonly comments: number | null;
  readonly reactions: ReactionSums;
  /** What I reacted with, as far as it is known in this session: comment id → types. */
  readonly myReactions: Readonly<Record<string, readonly ReactionType[]>>;
  /** My comments on their way, oldest first; 10 at most. */
  readonly posts: readonly OwnPost[];
  /** `Date.now()` until which the service takes no comment of mine. Posts wait and go by themselves. */
  readonly rateLimitedUntilMs: number | null;
  /** By the id of the comment that is answered; those asked for by `loadReplies()`. */
  readonly threads: Readonly<Record<string, Thread>>;
  /** Who commented lately, the last first: for the completion of mentions. */
  readonly people: readonly Person[];
  /** The service no longer takes the session's token: sign in again. Posts wait for that. */
  readonly isSessionOver: boolean;
  /** How the conversation goes: slow mode, comments off …; null until the service has said. */
  readonly settings: StreamSettings | null;
  /** What this user may do here besides taking part; null for who may not, or until it is known. */
  readonly rights: Rights | null;
}
