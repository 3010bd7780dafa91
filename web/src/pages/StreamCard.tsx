import { Link } from '@tanstack/react-router';
import type { ListedStream } from '../feed';
import { strings } from '../strings';
import { tintOf } from '../tint';
import { compactNumber, describeAge } from '../words';

/** One live stream, as a link to it. */
export function StreamCard({ stream }: { stream: ListedStream }) {
  return (
    <li className="stream-card" data-tint={tintOf(stream.id)}>
      <Link to="/streams/$streamId" params={{ streamId: stream.id }}>
        <div className="stream-picture">
          {stream.thumbnailUrl ? (
            <img src={stream.thumbnailUrl} alt="" loading="lazy" referrerPolicy="no-referrer" />
          ) : (
            <span className="stream-initial" aria-hidden="true">
              {initialOf(stream.title)}
            </span>
          )}
          <span className="status" data-status={stream.status}>
            {strings.status[stream.status]}
          </span>
          <span className="stream-viewers">{strings.watching(stream.viewerCount)}</span>
        </div>
        <h2>
          <bdi>{stream.title}</bdi>
        </h2>
        {stream.description && (
          <p className="stream-description">
            <bdi>{stream.description}</bdi>
          </p>
        )}
        <p className="stream-facts">
          <span>{strings.startedAgo(describeAge(stream.startedAt))}</span>
          <span title={strings.commentCount(stream.commentCount)}>
            <span aria-hidden="true">💬 {compactNumber(stream.commentCount)}</span>
            <span className="visually-hidden">{strings.commentCount(stream.commentCount)}</span>
          </span>
          <span title={strings.reactionCount(stream.reactionCount)}>
            <span aria-hidden="true">♥ {compactNumber(stream.reactionCount)}</span>
            <span className="visually-hidden">{strings.reactionCount(stream.reactionCount)}</span>
          </span>
        </p>
      </Link>
    </li>
  );
}

function initialOf(title: string): string {
  return [...title.trim()][0]?.toLocaleUpperCase() ?? '';
}
