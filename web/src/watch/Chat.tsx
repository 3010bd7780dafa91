import { lazy, Suspense, useCallback, useState } from 'react';
import type { Comment, OwnPost, Session } from '../feed';
import { strings } from '../strings';
import { compactNumber } from '../words';
import { ConnectionBadge } from './ConnectionBadge';
import { Announcer } from './comments/Announcer';
import { PinnedComment } from './comments/PinnedComment';
import type { Writing } from './compose/writing';
import { Interruption, LoadNote, SamplingNote } from './Notices';
import { part } from './part';
import { useFeedState, useWatching } from './watching';

// Asked for at once, and not a part of the first paint: there is no comment yet when the page's frame stands.
const listModule = import('./comments/CommentList');
const CommentList = lazy(() => listModule.then((module) => ({ default: module.CommentList })));

// What nobody needs to read the conversation comes when it is wanted.
const TopList = part(() => import('./comments/TopList').then((module) => module.TopList));
const Thread = part(() => import('./comments/Thread').then((module) => module.Thread));

const Composer = lazy(() => import('./compose/Composer').then((module) => ({ default: module.Composer })));
const JoinForm = lazy(() => import('./compose/JoinForm').then((module) => ({ default: module.JoinForm })));

interface ChatProps {
  /** What the reader wanted to do and can't without joining. */
  whyJoin: { readonly text: string } | null;
  onSession(session: Session | null): void;
}

/** The conversation: who reads, joins and writes. */
export function Chat({ whyJoin, onSession }: ChatProps) {
  const { feed, session } = useWatching();
  const isEnded = useFeedState((state) => state.stream?.status === 'ended');
  const isSessionOver = useFeedState((state) => state.isSessionOver);
  const [order, setOrder] = useState<'newest' | 'top'>('newest');
  const [thread, setThread] = useState<{ id: string; parent: Comment | null } | null>(null);
  const [hasJoinedHere, setJoinedHere] = useState(false);
  const [writing, setWriting] = useState<Writing>({ draft: '', editing: null });

  const openThread = useCallback(
    (comment: Comment) => {
      const id = comment.parentId ?? comment.id;
      const parent =
        comment.parentId === null
          ? comment
          : (feed.store.getState().entries.find((entry) => entry.comment.id === id)?.comment ?? null);
      setThread((open) => (open?.id === id ? open : { id, parent }));
      // Answering an answer: whom, is said by a mention.
      if (comment.parentId !== null && comment.userId !== feed.store.getState().stream?.creatorId)
        setWriting((now) => (now.draft === '' ? { ...now, draft: `@${comment.username} ` } : now));
    },
    [feed],
  );
  const editPost = useCallback(
    (post: OwnPost) =>
      setWriting((now) => ({ editing: { id: post.id, before: now.draft }, draft: post.content })),
    [],
  );

  return (
    <section className="chat" aria-label={strings.chat}>
      <header className="chat-head">
        <h2 className="visually-hidden">{strings.chat}</h2>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
        <div className="orders" role="group" aria-label={strings.sort}>
          {(['newest', 'top'] as const).map((one) => (
            <button key={one} type="button" aria-pressed={order === one} onClick={() => setOrder(one)}>
              {strings[one]}
            </button>
          ))}
        </div>
        <CommentCount />
        <ConnectionBadge />
      </header>
      <Interruption />
      <PinnedComment />
      <LoadNote />
      <SamplingNote />
      <div className="chat-body">
        {/* Its place in the list is kept while something else is looked at. */}
        <div
          className="chat-layer"
          inert={order === 'top' || thread !== null}
          data-behind={order === 'top' || undefined}
        >
          <Suspense fallback={<p className="comments-empty">{strings.loadingComments}</p>}>
            <CommentList onOpenThread={openThread} onEditPost={editPost} />
          </Suspense>
        </div>
        {order === 'top' && (
          <div className="chat-layer" inert={thread !== null}>
            <TopList onOpenThread={openThread} onClose={() => setOrder('newest')} />
          </div>
        )}
        {thread && (
          <Thread
            parentId={thread.id}
            parent={thread.parent}
            onReply={openThread}
            onEditPost={editPost}
            onClose={() => setThread(null)}
          />
        )}
      </div>
      <Announcer />
      <footer className="chat-foot" id="comment-box">
        {isEnded ? (
          <p className="ended">{strings.ended}</p>
        ) : (
          <Suspense fallback={<div className="field-placeholder" />}>
            {session && !isSessionOver ? (
              <Composer
                writing={writing}
                onWriting={setWriting}
                replyTo={thread?.id ?? null}
                isWanted={hasJoinedHere}
                onLeave={() => onSession(null)}
              />
            ) : (
              <JoinForm
                notice={isSessionOver ? strings.sessionOver : null}
                wish={whyJoin}
                onJoined={(joined) => {
                  setJoinedHere(true);
                  onSession(joined);
                }}
              />
            )}
          </Suspense>
        )}
      </footer>
    </section>
  );
}

function CommentCount() {
  const count = useFeedState((state) => state.comments);
  return count === null ? null : (
    <span className="comment-count" title={strings.commentCount(count)}>
      <span aria-hidden="true">{strings.shortCommentCount(compactNumber(count), count)}</span>
      <span className="visually-hidden">{strings.commentCount(count)}</span>
    </span>
  );
}
