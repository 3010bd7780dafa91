import { strings } from '../../strings';
import { useFeedState } from '../watching';
import { FloatingReactions } from './FloatingReactions';
import { ReactionBar } from './ReactionBar';
import { Video } from './Video';

/** What is being watched, and how it is liked. */
export function Stage() {
  const stream = useFeedState((state) => state.stream);
  const title = stream?.title ?? '';
  return (
    <section className="stage" aria-label={title || strings.product}>
      <div className="screen">
        <Video url={stream?.videoUrl ?? null} poster={stream?.thumbnailUrl ?? null} title={title} />
        <FloatingReactions />
      </div>
      <div className="stage-caption">
        <div className="stage-words">
          <h1>
            <bdi>{title}</bdi>
          </h1>
          <StageFacts />
          {stream?.description && (
            <p className="stage-description">
              <bdi>{stream.description}</bdi>
            </p>
          )}
        </div>
        <ReactionBar />
      </div>
    </section>
  );
}

function StageFacts() {
  const status = useFeedState((state) => state.stream?.status ?? null);
  const viewers = useFeedState((state) => state.viewers);
  return (
    <p className="stage-facts">
      {status && (
        <span className="status" data-status={status}>
          {strings.status[status]}
        </span>
      )}
      {viewers !== null && <span className="viewers">{strings.watching(viewers)}</span>}
    </p>
  );
}
