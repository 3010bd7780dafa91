import type { ConnectionState } from '../feed';
import { strings } from '../strings';

/** Whether comments are arriving right now; a lost connection that waits can be hurried. */
export function ConnectionBadge({ state, onRetry }: { state: ConnectionState; onRetry(): void }) {
  return (
    <span className="connection">
      {state.name === 'reconnecting' && state.retryAtMs !== null && (
        <button type="button" className="quiet" onClick={onRetry}>
          {strings.retryNow}
        </button>
      )}
      <span className="badge" role="status" data-connection={state.name}>
        {strings.connection[state.name]}
      </span>
    </span>
  );
}
