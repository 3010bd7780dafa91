import type { Entry } from '../feed';
import { strings } from '../strings';
import { CommentRow } from './CommentRow';
import { useStickToBottom } from './useStickToBottom';

interface CommentListProps {
  entries: readonly Entry[];
  ownUserId: string | null;
  isConnected: boolean;
}

/** The newest comment is at the bottom, and stays in view while the reader is there. */
export function CommentList({ entries, ownUserId, isConnected }: CommentListProps) {
  // Mounted with its first comments in it: a live region reads out what is added later, not these.
  return entries.length === 0 ? (
    <p className="comments-empty">{isConnected ? strings.noComments : strings.loadingComments}</p>
  ) : (
    <FilledList entries={entries} ownUserId={ownUserId} />
  );
}

function FilledList({ entries, ownUserId }: { entries: readonly Entry[]; ownUserId: string | null }) {
  const { scroller, isAtBottom, unseen, onScroll, jumpToBottom } = useStickToBottom(entries);
  return (
    <div className="comments">
      <div
        className="comments-scroller"
        ref={scroller}
        onScroll={onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-live="polite"
        aria-label={strings.comments}
      >
        <ol>
          {entries.map(({ comment }) => (
            <CommentRow key={comment.id} comment={comment} isOwn={comment.userId === ownUserId} />
          ))}
        </ol>
      </div>
      {!isAtBottom && (
        <button type="button" className="jump" onClick={jumpToBottom}>
          {strings.jumpToLatest(unseen)}
          <span aria-hidden="true"> ↓</span>
        </button>
      )}
    </div>
  );
}
