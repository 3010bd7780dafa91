import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { contentLength, type Feed, maxContentLength, type OwnPost, type Session } from '../feed';
import { strings } from '../strings';

/** From here on the rest is shown: earlier it only disturbs. */
const showLeftFrom = 400;

interface ComposerProps {
  feed: Feed;
  posts: readonly OwnPost[];
  session: Session;
  draft: string;
  onDraft(draft: string): void;
  onLeave(): void;
}

/** The comment box, and what was written and is not accepted yet. */
export function Composer({ feed, posts, session, draft, onDraft, onLeave }: ComposerProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const boxId = useId();
  const problemId = useId();

  const length = contentLength(draft);
  const canSend = length > 0 && length <= maxContentLength;

  // The join form that had the focus is gone: whoever joined wants to write.
  useEffect(() => box.current?.focus(), []);

  const send = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!canSend) return;
    const outcome = await feed.post(draft);
    setProblem(outcome.ok ? null : `${strings.queueFull} ${strings.textKept}`);
    if (outcome.ok) onDraft('');
    box.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // Enter also ends the composing of a Japanese or Chinese word, which must not send.
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    }
  };

  return (
    <form className="composer" onSubmit={send}>
      <p className="identity">
        {strings.joinedAs} <bdi className="author">{session.user.displayName}</bdi>
        <button type="button" className="quiet" onClick={onLeave}>
          {strings.leave}
        </button>
      </p>
      {posts.map((post) => (
        <p className="own-post" key={post.id}>
          <bdi>{post.content}</bdi> {strings.postStatus[post.status]}{' '}
          {post.reason && (strings.refusals[post.reason.code] ?? post.reason.message)}
          {post.status === 'failed' && (
            <button type="button" className="quiet" onClick={() => feed.retryPost(post.id)}>
              {strings.retryPost}
            </button>
          )}
          <button type="button" className="quiet" onClick={() => feed.removePost(post.id)}>
            {strings.removePost}
          </button>
        </p>
      ))}
      <label htmlFor={boxId} className="visually-hidden">
        {strings.yourComment}
      </label>
      <div className="field-row">
        <textarea
          id={boxId}
          ref={box}
          rows={1}
          value={draft}
          onChange={(event) => onDraft(event.target.value)}
          onKeyDown={onKeyDown}
          placeholder={strings.commentPlaceholder}
          aria-describedby={problemId}
          aria-invalid={length > maxContentLength}
          enterKeyHint="send"
          dir="auto"
        />
        <button type="submit" className="primary" disabled={!canSend}>
          {strings.send}
        </button>
      </div>
      <div className="composer-foot">
        <p className="problem" id={problemId} role="alert">
          {problem}
        </p>
        {length >= showLeftFrom && (
          <span className="left" data-over={length > maxContentLength || undefined}>
            {strings.charactersLeft(maxContentLength - length)}
          </span>
        )}
      </div>
    </form>
  );
}
