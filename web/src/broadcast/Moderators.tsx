import { type FormEvent, useState } from 'react';
import { perform, useDesk } from '../moderation/desk';
import { PersonName } from '../moderation/people/PersonName';
import { useLoaded } from '../moderation/useLoaded';
import { describeFailure } from '../watch/failure';
import { broadcastStrings as strings } from './strings';

const refreshMs = 10_000;

/** Whom the broadcaster trusts with the conversation. */
export function Moderators({ isShown }: { isShown: boolean }) {
  const desk = useDesk();
  const moderators = useLoaded(desk.api.moderators, isShown, refreshMs);
  const [userId, setUserId] = useState('');
  const all = moderators.value?.userIds ?? [];
  const nameOf = (id: string) => moderators.value?.names[id] ?? id;

  const add = async (event: FormEvent) => {
    event.preventDefault();
    const id = userId.trim();
    if (id === '') return;
    const answer = await perform(desk, desk.api.addModerator(id), strings.added(id), async () => {
      const back = await desk.api.removeModerator(id);
      moderators.reload();
      return back;
    });
    if (!answer.ok) return;
    setUserId('');
    moderators.reload();
  };

  const remove = async (id: string) => {
    const answer = await perform(
      desk,
      desk.api.removeModerator(id),
      strings.removed(nameOf(id)),
      async () => {
        const back = await desk.api.addModerator(id);
        moderators.reload();
        return back;
      },
    );
    if (answer.ok) moderators.reload();
  };

  return (
    <section className="narrow" aria-label={strings.moderators}>
      <p className="hint">{desk.mayAppoint ? strings.moderatorsHint : strings.notYours}</p>
      {moderators.failure && <p className="problem">{describeFailure(moderators.failure)}</p>}
      {desk.mayAppoint && (
        <form className="desk-bar" onSubmit={add}>
          <input
            aria-label={strings.userId}
            placeholder={strings.userId}
            value={userId}
            onChange={(event) => setUserId(event.target.value)}
            dir="auto"
          />
          <button type="submit" className="primary" disabled={userId.trim() === ''}>
            {strings.addModerator}
          </button>
        </form>
      )}
      {moderators.value && all.length === 0 && <p className="desk-note">{strings.noModerators}</p>}
      <ul className="people">
        {all.map((id) => (
          <li key={id} data-moderator={id}>
            <p>
              <PersonName id={id} name={moderators.value?.names[id]} />
            </p>
            {desk.mayAppoint && (
              <button
                type="button"
                className="secondary small"
                aria-label={strings.removeOf(nameOf(id))}
                onClick={() => remove(id)}
              >
                {strings.removeModerator}
              </button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
