import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import {
  contentLength,
  type Failure,
  maxContentLength,
  type PostedComment,
  PostKeys,
  postComment,
  type Session,
} from '../feed';
import { strings } from '../strings';
import { describeFailure } from './failure';
import { useCountdown } from './useCountdown';

/** From here on the rest is shown: earlier it only disturbs. */
const showLeftFrom = 400;

interface ComposerProps {
  streamId: string;
  session: Session;
  draft: string;
  onDraft(draft: string): void;
  onPosted(comment: PostedComment): void;
  onLeave(because: 'own will' | 'refused'): void;
}

/** The comment box. The text goes only when the service has accepted it. */
export function Composer({ streamId, session, draft, onDraft, onPosted, onLeave }: ComposerProps) {
  const [keys] = useState(() => new PostKeys());
  const [isSending, setSending] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [waitSeconds, startWait] = useCountdown();
  const box = useRef<HTMLTextAreaElement>(null);
  const boxId = useId();
  const problemId = useId();

  const length = contentLength(draft);
  const canSend = !isSending && waitSeconds === 0 && length > 0 && length <= maxContentLength;

  // The join form that had the focus is gone: whoever joined wants to write.
  useEffect(() => box.current?.focus(), []);

  const send = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!canSend) return;
    const content = draft.trim();
    setSending(true);
    const answer = await postComment(streamId, session.token, keys.keyFor(content), content);
    setSending(false);
    if (answer.ok) {
      keys.settle();
      setFailure(null);
      onDraft('');
      onPosted(answer.value);
    } else if (answer.code === 'UNAUTHORIZED') {
      onLeave('refused');
    } else {
      setFailure(answer);
      startWait(answer.retryAfterMs ?? 0);
    }
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
        <button type="button" className="quiet" onClick={() => onLeave('own will')}>
          {strings.leave}
        </button>
      </p>
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
          readOnly={isSending}
          placeholder={strings.commentPlaceholder}
          aria-describedby={problemId}
          aria-invalid={failure !== null || length > maxContentLength}
          enterKeyHint="send"
          dir="auto"
        />
        <button type="submit" className="primary" disabled={!canSend}>
          {isSending ? strings.sending : strings.send}
        </button>
      </div>
      <div className="composer-foot">
        <p className="problem" id={problemId} role="alert">
          {failure && `${describeFailure(failure)} ${strings.textKept}`}
        </p>
        {/* Apart from the alert, or a screen reader would hear every second of it. */}
        {failure && whatNext(failure, waitSeconds)}
        {length >= showLeftFrom && (
          <span className="left" data-over={length > maxContentLength || undefined}>
            {strings.charactersLeft(maxContentLength - length)}
          </span>
        )}
      </div>
    </form>
  );
}

function whatNext(failure: Failure, waitSeconds: number) {
  if (waitSeconds > 0) return <span className="wait">{strings.tryAgainIn(waitSeconds)}</span>;
  return failure.retryable ? <span className="wait">{strings.tryAgain}</span> : null;
}
