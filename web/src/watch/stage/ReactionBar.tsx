import { strings } from '../../strings';
import { compactNumber } from '../../words';
import { reactionGlyphs, reactionTypes } from '../reactions';
import { useFeedState, useWatching } from '../watching';

/** Taps for the stream: as many as one likes, each counts. */
export function ReactionBar() {
  const { feed, session, askToJoin } = useWatching();
  const counts = useFeedState((state) => state.reactions.counts);
  const isEnded = useFeedState((state) => state.stream?.status === 'ended');
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div className="reaction-bar" role="group" aria-label={strings.reactToStream}>
      {reactionTypes.map((type) => {
        const count = counts[type] ?? 0;
        return (
          <button
            key={type}
            type="button"
            className="reaction-button"
            disabled={isEnded}
            aria-label={strings.reactionButton(strings.reactions[type], count)}
            title={strings.reactions[type]}
            onClick={() => (session ? feed.react(type) : askToJoin(strings.joinToReact))}
          >
            <span className="glyph" aria-hidden="true">
              {reactionGlyphs[type]}
            </span>
            <span className="count" aria-hidden="true">
              {count > 0 && compactNumber(count)}
            </span>
          </button>
        );
      })}
    </div>
  );
}
