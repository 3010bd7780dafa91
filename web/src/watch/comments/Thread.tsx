import { useEffect, useRef } from 'react';
import type { Comment, OwnPost, ReactionType } from '../../feed';
import { strings } from '../../strings';
import { useFeedState, useWatching } from '../watching';
import { CommentRow } from './CommentRow';
import { PostRow } from './PostRow';

interface ThreadProps {
  /** The comment that is answered; null when it is no longer here. */
  parent: Comment | null;
  parentId: string;
  onReply(comment: Comment): void;
  onEditPost(post: OwnPost): void;
  onClose(): void;
}

const none: readonly ReactionType[] = [];
const noPosts: readonly OwnPost[] = [];

/** A comment and the answers to it, over the list. The comment box answers here while it is open. */
export function Thread({ parent: opened, parentId, onReply, onEditPost, onClose }: ThreadProps) {
  const { feed, session } = useWatching();
  // As it is now, while the list still has it.
  const parent =
    useFeedState((state) => state.entries.find((entry) => entry.comment.id === parentId)?.comment) ?? opened;
  const thread = useFeedState((state) => state.threads[parentId]);
  const myReactions = useFeedState((state) => state.myReactions);
  const hostId = useFeedState((state) => state.stream?.creatorId ?? null);
  const allPosts = useFeedState((state) => state.posts);
  const posts = allPosts.some((post) => post.parentId === parentId)
    ? allPosts.filter((post) => post.parentId === parentId)
    : noPosts;
  const end = useRef<HTMLDivElement>(null);
  const back = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    feed.loadReplies(parentId);
  }, [feed, parentId]);

  // Who has joined is in the comment box by now, which answers here.
  useEffect(() => {
    if (!session) back.current?.focus();
  }, [session]);

  const isLoading = thread?.state === 'loading';
  const count = thread?.replies.length ?? 0;
  // Opened, it shows what is answered; what comes while it is open is followed.
  const shown = useRef<number | null>(null);
  const rows = count + posts.length;
  useEffect(() => {
    if (thread?.state !== 'loaded') return;
    if (shown.current !== null && rows > shown.current) end.current?.scrollIntoView({ block: 'nearest' });
    shown.current = rows;
  }, [thread?.state, rows]);

  const row = (comment: Comment) => (
    <CommentRow
      key={comment.id}
      comment={comment}
      mine={myReactions[comment.id] ?? none}
      isHost={comment.userId === hostId}
      isInThread
      isActive
      onOpenThread={onReply}
    />
  );

  return (
    <section
      className="thread"
      aria-label={strings.thread}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header className="thread-head">
        <button
          type="button"
          className="icon"
          ref={back}
          aria-label={strings.closeThread}
          title={strings.closeThread}
          onClick={onClose}
        >
          <svg viewBox="0 0 20 20" aria-hidden="true" className="directed">
            <path d="M12 4.5 6.5 10l5.5 5.5" />
          </svg>
        </button>
        <h3>{strings.thread}</h3>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="thread-body" tabIndex={0} role="feed" aria-busy={isLoading} aria-label={strings.thread}>
        {parent ? row(parent) : <p className="list-note">{strings.threadGone}</p>}
        <div className="thread-replies">
          {thread?.replies.map(row)}
          {isLoading && <p className="list-note">{strings.loadingComments}</p>}
          {thread?.state === 'loaded' && count === 0 && posts.length === 0 && (
            <p className="list-note">{strings.noReplies}</p>
          )}
          {(thread?.state === 'failed' || thread?.state === 'more') && (
            <p className="list-note">
              {thread.state === 'failed' && `${strings.listFailed} `}
              <button type="button" className="quiet" onClick={() => feed.loadReplies(parentId)}>
                {thread.state === 'failed' ? strings.again : strings.more}
              </button>
            </p>
          )}
          {posts.map((post) => (
            <PostRow key={post.id} post={post} onEdit={onEditPost} />
          ))}
          <div ref={end} />
        </div>
      </div>
    </section>
  );
}
