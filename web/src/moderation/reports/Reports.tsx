import { useState } from 'react';
import { nameOf } from '../../watch/comments/nameOf';
import { describeFailure } from '../../watch/failure';
import { describeAge } from '../../words';
import { useDesk } from '../desk';
import type { CommentName } from '../deskApi';
import { type Decision, decisionsFor } from '../queue/decisions';
import { StreamOf } from '../StreamOf';
import { deskStrings as strings } from '../strings';
import { useLoaded } from '../useLoaded';

/** Viewers report slowly; moderators who decide elsewhere are seen soon enough. */
const refreshMs = 5_000;

/** What viewers reported and nobody has decided about: what counts most first, with who said what. */
export function Reports({ isShown }: { isShown: boolean }) {
  const desk = useDesk();
  const [pages, setPages] = useState(1);
  const reports = useLoaded(() => desk.api.reports(pages), isShown, refreshMs);
  const all = reports.value?.comments ?? [];

  const decide = async (comment: CommentName, name: string, decision: Decision) => {
    const answer = await desk.api.decide(comment, decision);
    desk.tell(
      answer.ok ? strings.decided[decision](name) : strings.failed(describeFailure(answer)),
      answer.ok && decision === 'hide' ? () => desk.api.unhide(comment) : undefined,
    );
    reports.reload();
  };

  return (
    <section aria-label={strings.reports}>
      {reports.failure && <p className="problem">{describeFailure(reports.failure)}</p>}
      {reports.value && all.length === 0 && <p className="desk-note">{strings.noReports}</p>}
      <ul className="reviews">
        {all.map(({ comment, count, isInReview, reasons, reports: said, streamTitle }) => (
          <li key={comment.id} className="review" data-reported={comment.id}>
            <p className="live-row-head">
              <bdi className="author" title={comment.userId}>
                {nameOf(comment)}
              </bdi>
              {isInReview && <span className="tag">{strings.inReview}</span>}
            </p>
            <StreamOf comment={comment} title={streamTitle} />
            <bdi className="content">{comment.content}</bdi>
            <p className="why">
              {strings.reportCount(count)}
              {': '}
              {Object.entries(reasons)
                .sort(([, a], [, b]) => b - a)
                .map(([reason, times]) => `${strings.reportReasons[reason] ?? reason} (${times})`)
                .join(', ')}
            </p>
            <details>
              <summary>{strings.whoReported}</summary>
              <ul className="said">
                {said.map((one) => (
                  <li key={one.userId}>
                    <bdi className="author" title={one.userId}>
                      {one.username}
                    </bdi>{' '}
                    {strings.reportReasons[one.reason] ?? one.reason}
                    {one.note && (
                      <>
                        {': '}
                        <bdi>{one.note}</bdi>
                      </>
                    )}{' '}
                    <span className="hint">{describeAge(one.at)}</span>
                  </li>
                ))}
              </ul>
            </details>
            <div className="desk-buttons">
              {decisionsFor({ isPublished: true }).map(({ decision }) => (
                <button
                  key={decision}
                  type="button"
                  className="secondary small"
                  onClick={() => decide(comment, nameOf(comment), decision)}
                >
                  {strings.decisions[decision]}
                </button>
              ))}
            </div>
          </li>
        ))}
      </ul>
      {reports.value?.next && (
        <button
          type="button"
          className="secondary"
          onClick={() => {
            setPages(pages + 1);
            reports.reload();
          }}
        >
          {strings.more}
        </button>
      )}
    </section>
  );
}
