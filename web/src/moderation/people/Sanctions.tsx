import { useState } from 'react';
import { describeFailure } from '../../watch/failure';
import { describeAge, describeTime } from '../../words';
import { perform, useDesk } from '../desk';
import type { Sanction } from '../deskApi';
import { deskStrings as strings } from '../strings';
import { useLoaded } from '../useLoaded';
import { PersonName } from './PersonName';
import { SanctionDialog } from './SanctionDialog';

const refreshMs = 10_000;

/** Who is banned or muted, by whom, why and until when; lifted with one press. */
export function Sanctions({ isShown }: { isShown: boolean }) {
  const desk = useDesk();
  const sanctions = useLoaded(desk.api.sanctions, isShown, refreshMs);
  const [isAdding, setAdding] = useState(false);
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  const all = (sanctions.value?.sanctions ?? []).filter((one) =>
    `${one.userId} ${one.name ?? ''} ${one.reason ?? ''} ${one.byName}`.toLowerCase().includes(wanted),
  );

  const lift = async (one: Sanction) => {
    const left = one.until === null ? null : Math.max(1, Math.round((one.until - Date.now()) / 1000));
    const answer = await perform(
      desk,
      desk.api.lift(one.kind, one.userId),
      strings.lifted(one.name ?? one.userId),
      () =>
        desk.api.impose(one.kind, one.userId, {
          ...(one.reason !== null && { reason: one.reason }),
          ...(left !== null && { durationSeconds: left }),
        }),
    );
    if (answer.ok) sanctions.reload();
  };

  return (
    <section aria-label={strings.bans}>
      <div className="desk-bar">
        <input
          type="search"
          aria-label={strings.filterPeople}
          placeholder={strings.filterPeople}
          value={filter}
          onChange={(event) => setFilter(event.target.value)}
          dir="auto"
        />
        <button type="button" className="secondary" onClick={() => setAdding(true)}>
          {strings.addSanction}
        </button>
      </div>
      {sanctions.failure && <p className="problem">{describeFailure(sanctions.failure)}</p>}
      {sanctions.value && all.length === 0 && <p className="desk-note">{strings.noSanctions}</p>}
      <ul className="people">
        {all.map((one) => {
          const until = one.until === null ? null : describeTime(one.until);
          return (
            <li key={`${one.kind} ${one.userId}`} data-sanction={`${one.kind} ${one.userId}`}>
              <p>
                <PersonName id={one.userId} name={one.name} />
                <span className="tag">{strings.sanctionStates[one.kind]}</span>
                {until ? (
                  <time dateTime={until.iso} title={until.full}>
                    {strings.until(until.short)}
                  </time>
                ) : (
                  <span className="hint">{strings.untilLifted}</span>
                )}
              </p>
              <p className="hint">
                {one.reason !== null && (
                  <>
                    <bdi>{one.reason}</bdi>
                    {' · '}
                  </>
                )}
                <bdi title={one.byId}>{one.byName}</bdi>, {describeAge(one.at)}
              </p>
              <button
                type="button"
                className="secondary small"
                aria-label={strings.liftOf(one.name ?? one.userId)}
                onClick={() => lift(one)}
              >
                {strings.lift}
              </button>
            </li>
          );
        })}
      </ul>
      {isAdding && (
        <SanctionDialog
          userId={null}
          name={null}
          onClose={() => setAdding(false)}
          onDone={sanctions.reload}
        />
      )}
    </section>
  );
}
