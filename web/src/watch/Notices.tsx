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

/** While the service has too much to do: what is different. */
export function LoadNote() {
  const load = useFeedState((state) => state.load);
  return (
    <div role="status">
      {load && (
        <p className="sampled" title={strings.loadHint} data-load={load.level}>
          {describeLoad(load.level)}
        </p>
      )}
    </div>
  );
}

/** A level that is newer than this page is told as the least of them. */
export function describeLoad(level: string): string {
  return strings.load[level as keyof typeof strings.load] ?? strings.load.busy;
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
