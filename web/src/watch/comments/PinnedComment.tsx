import { useState } from 'react';
import { strings } from '../../strings';
import { describeFailure } from '../failure';
import { useFeedState, useWatching } from '../watching';
import { nameOf } from './nameOf';

/** Longer than what surely fits into a line of a phone. */
const shortCharacters = 40;

/** What the broadcaster wants everybody to see, above the list; two lines of it until one wants more. */
export function PinnedComment() {
  const { feed, tell } = useWatching();
  const pinned = useFeedState((state) => state.pinned);
  const mayModerate = useFeedState((state) => state.rights?.mayModerate ?? false);
  const [openId, setOpenId] = useState<string | null>(null);
  if (!pinned) return null;
  const isOpen = openId === pinned.id;
  const unpin = async () => {
    const answer = await feed.mark(pinned.id, 'pin', false);
    if (!answer.ok) tell(strings.actFailed(describeFailure(answer)));
  };
  return (
    <aside className="pinned" aria-label={strings.pinned}>
      <p className="pinned-head">
        <span aria-hidden="true">📌</span> {strings.pinned} · <bdi className="author">{nameOf(pinned)}</bdi>
        {pinned.content.length > shortCharacters && (
          <button
            type="button"
            className="quiet"
            aria-expanded={isOpen}
            onClick={() => setOpenId(isOpen ? null : pinned.id)}
          >
            {isOpen ? strings.showLess : strings.showAll}
          </button>
        )}
        {mayModerate && (
          <button type="button" className="quiet" onClick={unpin}>
            {strings.unpin}
          </button>
        )}
      </p>
      <bdi className="content" data-open={isOpen || undefined}>
        {pinned.content}
      </bdi>
    </aside>
  );
}
