import { useCallback, useEffect, useState } from 'react';
import type { CommentReactionPage, ReactionType } from '../../feed';
import { strings } from '../../strings';
import { compactNumber } from '../../words';
import { describeFailure } from '../failure';
import { countsInOrder, reactionGlyphs } from '../reactions';
import { useWatching } from '../watching';
import { nameOf } from './nameOf';

/** Who reacted to a comment, the last first; of one type or of all. */
export function Reactors({
  commentId,
  counts,
}: {
  commentId: string;
  counts: Readonly<Record<string, number>>;
}) {
  const { feed } = useWatching();
  const [type, setType] = useState<ReactionType | null>(null);
  const [people, setPeople] = useState<CommentReactionPage['reactions']>([]);
  const [next, setNext] = useState<string | null>(null);
  const [state, setState] = useState<'loading' | 'loaded' | { why: string }>('loading');

  const load = useCallback(
    async (cursor: string | null, isWanted: () => boolean) => {
      setState('loading');
      const answer = await feed.reactors(commentId, {
        ...(type ? { type } : {}),
        ...(cursor ? { cursor } : {}),
      });
      if (!isWanted()) return;
      if (!answer.ok) {
        setState({ why: describeFailure(answer) });
        return;
      }
      setPeople((before) =>
        cursor === null ? answer.value.reactions : [...before, ...answer.value.reactions],
      );
      setNext(answer.value.next);
      setState('loaded');
    },
    [feed, commentId, type],
  );

  useEffect(() => {
    let isWanted = true;
    load(null, () => isWanted);
    return () => {
      isWanted = false;
    };
  }, [load]);

  return (
    <>
      <h3>{strings.peopleWhoReacted}</h3>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <div className="reactor-types" role="group" aria-label={strings.peopleWhoReacted}>
        <button type="button" className="chip" aria-pressed={type === null} onClick={() => setType(null)}>
          {strings.everyReaction}
        </button>
        {countsInOrder(counts).map((one) => (
          <button
            key={one.type}
            type="button"
            className="chip"
            aria-pressed={type === one.type}
            aria-label={strings.reactionButton(strings.reactions[one.type], one.count)}
            onClick={() => setType(one.type)}
          >
            <span className="glyph" aria-hidden="true">
              {reactionGlyphs[one.type]}
            </span>{' '}
            {compactNumber(one.count)}
          </button>
        ))}
      </div>
      <ul>
        {people.map((person) => (
          <li key={`${person.userId} ${person.reactionType}`}>
            <bdi title={`@${person.username}`}>{nameOf(person)}</bdi>
            <span className="glyph" role="img" aria-label={strings.reactions[person.reactionType]}>
              {reactionGlyphs[person.reactionType]}
            </span>
          </li>
        ))}
      </ul>
      {typeof state === 'object' && <p className="problem">{state.why}</p>}
      {next !== null && state !== 'loading' && (
        <button type="button" className="quiet" onClick={() => load(next, () => true)}>
          {strings.more}
        </button>
      )}
    </>
  );
}
