import { useCallback, useEffect, useState } from 'react';
import type { Comment, ReactionType } from '../../feed';
import { strings } from '../../strings';
import { describeFailure } from '../failure';
import { useFeedState, useWatching } from '../watching';
import { CommentRow } from './CommentRow';

const none: readonly ReactionType[] = [];

/** The comments with the most reactions and replies, as they were when asked for; a ranking that moved while being read would help nobody. */
export function TopList({ onOpenThread }: { onOpenThread(comment: Comment): void; onClose(): void }) {
  const { feed } = useWatching();
  const myReactions = useFeedState((state) => state.myReactions);
  const hostId = useFeedState((state) => state.stream?.creatorId ?? null);
  const [comments, setComments] = useState<readonly Comment[]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [state, setState] = useState<'loading' | 'loaded' | { why: string }>('loading');

  const load = useCallback(
    async (cursor: string | null) => {
      setState('loading');
      const answer = await feed.top(cursor ?? undefined);
      if (!answer.ok) {
        setState({ why: describeFailure(answer) });
        return;
      }
      setComments((before) =>
        cursor === null ? answer.value.comments : joined(before, answer.value.comments),
      );
      setNext(answer.value.next);
      setState('loaded');
    },
    [feed],
  );
  useEffect(() => {
    load(null);
  }, [load]);

  const onCounts = useCallback(
    (id: string, reactionCounts: Record<string, number>) =>
      setComments((all) => all.map((one) => (one.id === id ? { ...one, reactionCounts } : one))),
    [],
  );

  return (
    <section
      className="comments-scroller top-list"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={strings.topHint}
    >
      <p className="list-note top-note">
        {strings.topHint}
        <button type="button" className="quiet" onClick={() => load(null)}>
          {strings.refresh}
        </button>
      </p>
      {comments.length > 0 && (
        <div role="feed" aria-busy={state === 'loading'} aria-label={strings.comments}>
          {comments.map((comment) => (
            <CommentRow
              key={comment.id}
              comment={comment}
              mine={myReactions[comment.id] ?? none}
              isHost={comment.userId === hostId}
              isActive
              onOpenThread={onOpenThread}
              onCounts={onCounts}
            />
          ))}
        </div>
      )}
      {state === 'loading' && comments.length === 0 && <p className="list-note">{strings.loadingComments}</p>}
      {state === 'loaded' && comments.length === 0 && <p className="list-note">{strings.noTopComments}</p>}
      {typeof state === 'object' && (
        <p className="list-note">
          {strings.listFailed} {state.why}{' '}
          <button type="button" className="quiet" onClick={() => load(null)}>
            {strings.again}
          </button>
        </p>
      )}
      {next !== null && state === 'loaded' && (
        <button type="button" className="secondary" onClick={() => load(next)}>
          {strings.more}
        </button>
      )}
    </section>
  );
}

/** A comment that overtook others between two pages comes in both. */
function joined(before: readonly Comment[], after: readonly Comment[]): Comment[] {
  const known = new Set(before.map((comment) => comment.id));
  return [...before, ...after.filter((comment) => !known.has(comment.id))];
}
