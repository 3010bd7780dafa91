import { useCallback } from 'react';
import type { Comment, ReactionType } from '../../feed';
import { strings } from '../../strings';
import { describeFailure } from '../failure';
import { useWatching } from '../watching';

/** Sets one's own reaction to a comment, or takes it back. */
export function useReacting(
  comment: Comment,
  mine: readonly ReactionType[],
  onCounts?: (commentId: string, counts: Record<string, number>) => void,
): (type: ReactionType) => void {
  const { feed, session, askToJoin, tell } = useWatching();
  return useCallback(
    async (type) => {
      if (!session) {
        askToJoin(strings.joinToReact);
        return;
      }
      const answer = await feed.reactToComment(comment.id, type, !mine.includes(type));
      if (answer.ok) onCounts?.(comment.id, answer.value.reactionCounts);
      else tell(strings.reactionFailed(describeFailure(answer)));
    },
    [feed, session, askToJoin, tell, comment.id, mine, onCounts],
  );
}
