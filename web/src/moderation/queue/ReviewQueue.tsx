import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { nameOf } from '../../watch/comments/nameOf';
import { describeFailure } from '../../watch/failure';
import { describeAge, describeTime } from '../../words';
import { isPlainKey } from '../DeskFrame';
import { useDesk } from '../desk';
import type { QueuedComment } from '../deskApi';
import { StreamOf } from '../StreamOf';
import { deskStrings as strings } from '../strings';
import { type Decision, decisionsFor, giveBackKey } from './decisions';
import { RejectDialog } from './RejectDialog';
import { useReviews } from './useReviews';

/** What waits for a moderator, oldest first: taken in small numbers, decided with one key each. */
export function ReviewQueue({ isShown, onCount }: { isShown: boolean; onCount(count: number): void }) {
  const desk = useDesk();
  const reviews = useReviews(isShown);
  const [rejecting, setRejecting] = useState<QueuedComment | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const startButton = useRef<HTMLButtonElement>(null);
  const { mine, waiting } = reviews;
  const count = mine.length + waiting.length;

  useEffect(() => {
    if (reviews.isLoaded) onCount(count);
  }, [reviews.isLoaded, count, onCount]);

  const decide = async (one: QueuedComment, decision: Decision, reason?: string) => {
    const answer = await desk.api.decide(one.comment, decision, reason);
    const isOver = answer.ok || answer.code === 'REVIEW_DECIDED' || answer.code === 'COMMENT_NOT_FOUND';
    desk.tell(
      answer.ok
        ? strings.decided[decision](nameOf(one.comment))
        : isOver
          ? answer.message
          : strings.failed(describeFailure(answer)),
      answer.ok && decision === 'hide' ? () => desk.api.unhide(one.comment) : undefined,
    );
    if (isOver) reviews.drop(one.comment.id);
  };

  const giveBack = async ({ comment }: QueuedComment) => {
    const answer = await reviews.giveBack(comment);
    desk.tell(answer.ok ? strings.givenBack(nameOf(comment)) : strings.failed(describeFailure(answer)));
  };

  // The first of those taken has the focus, so that its keys work at once; and the next when it is decided.
  const firstId = mine[0]?.comment.id;
  const isActive = useRef(false);
  useEffect(() => {
    if (!isShown || !isActive.current) return;
    const focused = document.activeElement;
    if (focused && focused !== document.body && focused !== startButton.current) return;
    if (firstId !== undefined) list.current?.querySelector<HTMLElement>('[data-comment]')?.focus();
    else startButton.current?.focus();
  }, [firstId, isShown]);

  const onKeyDown = (event: KeyboardEvent, one: QueuedComment) => {
    if (!isPlainKey(event)) return;
    const rows = [...(list.current?.querySelectorAll<HTMLElement>('[data-comment]') ?? [])];
    const at = rows.findIndex((row) => row.dataset.comment === one.comment.id);
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      rows[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
      return;
    }
    if (event.key.toLowerCase() === giveBackKey) {
      event.preventDefault();
      void giveBack(one);
      return;
    }
    const wanted = decisionsFor(one).find(({ key }) => key === event.key.toLowerCase());
    if (!wanted) return;
    event.preventDefault();
    if (wanted.decision === 'reject' && event.shiftKey) setRejecting(one);
    else void decide(one, wanted.decision);
  };

  return (
    <section className="queue" aria-label={strings.queue}>
      <div className="desk-bar">
        <button
          type="button"
          ref={startButton}
          className={reviews.isReviewing ? 'secondary' : 'primary'}
          onClick={() => {
            isActive.current = !reviews.isReviewing;
            if (reviews.isReviewing) reviews.stop();
            else reviews.start();
          }}
        >
          {reviews.isReviewing ? strings.stopReviewing : strings.startReviewing}
        </button>
        <p className="hint">{strings.waitingCount(count, reviews.hasMore)}</p>
      </div>
      {reviews.failure && <p className="problem">{describeFailure(reviews.failure)}</p>}
      {reviews.isReviewing && (
        <>
          <h2>{strings.yours}</h2>
          {mine.length === 0 && <p className="desk-note">{strings.nothingToTake}</p>}
          <ul className="reviews" ref={list}>
            {mine.map((one) => (
              <li key={one.comment.id}>
                {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
                <div
                  className="review"
                  role="group"
                  // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys decide about it
                  tabIndex={0}
                  aria-label={strings.heldCommentBy(nameOf(one.comment))}
                  data-comment={one.comment.id}
                  onKeyDown={(event) => onKeyDown(event, one)}
                >
                  <ReviewBody one={one} />
                  <div className="desk-buttons">
                    {decisionsFor(one).map(({ decision, key }) => (
                      <button
                        key={decision}
                        type="button"
                        className="secondary small"
                        aria-keyshortcuts={key}
                        onClick={() => decide(one, decision)}
                      >
                        {strings.decisions[decision]} <kbd>{key.toUpperCase()}</kbd>
                      </button>
                    ))}
                    {!one.isPublished && (
                      <button
                        type="button"
                        className="quiet"
                        aria-keyshortcuts="Shift+R"
                        onClick={() => setRejecting(one)}
                      >
                        {strings.rejectWithWord}
                      </button>
                    )}
                    <button
                      type="button"
                      className="quiet"
                      aria-keyshortcuts={giveBackKey}
                      title={strings.giveBackHint}
                      onClick={() => giveBack(one)}
                    >
                      {strings.giveBack} <kbd>{giveBackKey.toUpperCase()}</kbd>
                    </button>
                  </div>
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
      {waiting.length > 0 && (
        <>
          <h2>{strings.waiting}</h2>
          <ul className="reviews" data-waiting="">
            {waiting.map((one) => (
              <li key={one.comment.id} className="review" data-waiting-comment={one.comment.id}>
                <ReviewBody one={one} />
                {one.claimedById !== null && (one.claimedUntil ?? 0) > Date.now() && (
                  <p className="claimed" title={one.claimedById}>
                    {one.claimedById === desk.session.user.id
                      ? strings.claimedByYou
                      : strings.claimedBy(one.claimedByName ?? one.claimedById)}
                  </p>
                )}
              </li>
            ))}
          </ul>
          {reviews.hasMore && (
            <button type="button" className="secondary" onClick={reviews.showMore}>
              {strings.more}
            </button>
          )}
        </>
      )}
      {reviews.isLoaded && count === 0 && <p className="desk-note">{strings.queueEmpty}</p>}
      {rejecting && (
        <RejectDialog
          name={nameOf(rejecting.comment)}
          onClose={() => setRejecting(null)}
          onReject={(reason) => {
            setRejecting(null);
            void decide(rejecting, 'reject', reason);
          }}
        />
      )}
    </section>
  );
}

function ReviewBody({ one }: { one: QueuedComment }) {
  const { comment } = one;
  const time = describeTime(comment.createdAt);
  return (
    <>
      <p className="live-row-head">
        <bdi className="author" title={comment.userId}>
          {nameOf(comment)}
        </bdi>
        <span className="tag" data-kind={one.isPublished ? 'reported' : 'held'}>
          {one.isPublished ? strings.reportedTag : strings.heldTag}
        </span>
        <time dateTime={time.iso} title={time.full}>
          {describeAge(comment.createdAt)}
        </time>
      </p>
      <StreamOf comment={comment} title={one.streamTitle} />
      <bdi className="content">{comment.content}</bdi>
      <p className="why">
        {strings.reasons[one.reason] ?? one.reason}
        {one.detail !== null && (
          <>
            {': '}
            <bdi>{one.detail}</bdi>
          </>
        )}
      </p>
    </>
  );
}
