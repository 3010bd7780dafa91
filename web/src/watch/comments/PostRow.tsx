import type { OwnPost } from '../../feed';
import { strings } from '../../strings';
import { tintOf } from '../../tint';
import { secondsUntil } from '../../words';
import { describeFailure } from '../failure';
import { useFeedState, useNow, useWatching } from '../watching';

interface PostRowProps {
  post: OwnPost;
  onEdit(post: OwnPost): void;
}

/** A comment of one's own on its way: where it is, why it stays, and what one can do about it. */
export function PostRow({ post, onEdit }: PostRowProps) {
  const { feed, session } = useWatching();
  const isOffline = useFeedState((state) => state.connection.name === 'offline');
  const now = useNow(post.retryAtMs !== null);
  const name = session?.user.displayName ?? strings.you;
  const isLeft = !post.isSending;
  return (
    <article
      className="comment post"
      tabIndex={-1}
      aria-label={strings.commentBy(strings.you)}
      data-own
      data-post={post.status}
      data-tint={tintOf(session?.user.id ?? '')}
    >
      <span className="avatar" aria-hidden="true">
        {[...name.trim()][0]?.toLocaleUpperCase()}
      </span>
      <div className="comment-body">
        <p className="comment-head">
          <bdi className="author">{name}</bdi>
          <span className="tag">{strings.you}</span>
        </p>
        <bdi className="content">{post.content}</bdi>
        <p className="post-foot">
          <span className="post-status">{describePost(post, isOffline, now)}</span>
          {isLeft && (
            <span className="post-actions">
              {post.status === 'failed' && (
                <button type="button" className="quiet" onClick={() => feed.retryPost(post.id)}>
                  {strings.retry}
                </button>
              )}
              {post.canEdit && (
                <button type="button" className="quiet" onClick={() => onEdit(post)}>
                  {strings.edit}
                </button>
              )}
              <button type="button" className="quiet" onClick={() => feed.removePost(post.id)}>
                {post.status === 'held' ? strings.dismiss : strings.remove}
              </button>
            </span>
          )}
        </p>
      </div>
    </article>
  );
}

/** Where it is, in one sentence; with the exact reason when it is not well. */
export function describePost(post: OwnPost, isOffline: boolean, nowMs: number): string {
  const why = post.reason === null ? '' : `: ${describeFailure(post.reason)}`;
  const seconds = post.retryAtMs === null ? 0 : secondsUntil(post.retryAtMs, nowMs);
  switch (post.status) {
    case 'pending':
      if (post.isSending) return strings.post.sending;
      if (isOffline) return strings.post.offline;
      return seconds > 0 ? strings.post.retrying(seconds) : strings.post.queued;
    case 'rate_limited':
      return seconds > 0 ? strings.post.rate_limited(seconds) : strings.post.queued;
    case 'held':
      return strings.post.held;
    case 'rejected':
    case 'failed':
      return strings.post[post.status] + why;
  }
}
