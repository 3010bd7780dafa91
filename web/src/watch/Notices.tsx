import { strings } from '../strings';
import { useFeedState, useWatching } from './watching';

/** What the reader should know about the list: something was lost, or it was begun again. */
export function Interruption() {
  const { feed } = useWatching();
  const interruption = useFeedState((state) => state.interruption);
  return (
    <div role="status">
      {interruption && (
        <p className="notice">
          {strings.interruption[interruption]}
          <button type="button" className="quiet" onClick={feed.dismissInterruption}>
            {strings.dismiss}
          </button>
        </p>
      )}
    </div>
  );
}

/** Of a stream that is faster than people read, how much of it this is. */
export function SamplingNote() {
  const every = useFeedState(({ sampling }) =>
    sampling && sampling.shown > 0 ? Math.round(sampling.posted / sampling.shown) : null,
  );
  return every === null || every < 2 ? null : (
    <p className="sampled" title={strings.sampledHint}>
      {strings.sampled(every)}
    </p>
  );
}
