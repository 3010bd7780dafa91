import { strings } from '../strings';
import { secondsUntil } from '../words';
import { useFeedState, useNow, useWatching } from './watching';

/** Sooner than this nobody is faster than the page itself. */
const worthHurryingSeconds = 2;

/** Whether comments are arriving right now; a lost connection that waits can be hurried. */
export function ConnectionBadge() {
  const { feed } = useWatching();
  const connection = useFeedState((state) => state.connection);
  const isWaiting = connection.name === 'reconnecting' && connection.retryAtMs !== null;
  const now = useNow(isWaiting);
  const seconds = connection.retryAtMs === null ? 0 : secondsUntil(connection.retryAtMs, now);
  return (
    <span className="connection">
      {isWaiting && (
        <button type="button" className="quiet" onClick={feed.retryNow}>
          {strings.retryNow}
        </button>
      )}
      <span
        className="badge"
        role="status"
        data-connection={connection.name}
        data-transport={connection.transport}
        title={connection.message}
      >
        {strings.connection[connection.name]}
      </span>
      {/* Apart from the status, or a screen reader would hear every second of it. */}
      {isWaiting && seconds >= worthHurryingSeconds && (
        <span className="wait" aria-hidden="true">
          {seconds} s
        </span>
      )}
    </span>
  );
}
