import { useEffect, useState } from 'react';
import type { ModerationAct, ModerationActKind } from '../../feed/contracts';
import { nameOf } from '../../watch/comments/nameOf';
import { describeFailure } from '../../watch/failure';
import { describeTime } from '../../words';
import { useDesk } from '../desk';
import { deskStrings as strings } from '../strings';
import { changesOf } from './changes';

const kinds = Object.keys(strings.kinds) as ModerationActKind[];

/** A browser has read the file by then. */
const savedWithinMs = 60_000;

/** Who did what, when and why; newest first, by kind and by user, and as a file. */
export function Audit({ isShown }: { isShown: boolean }) {
  const desk = useDesk();
  const [kind, setKind] = useState('');
  const [user, setUser] = useState('');
  const [acts, setActs] = useState<readonly ModerationAct[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [run, setRun] = useState(0);

  const query = {
    ...(kind !== '' && { kind }),
    ...(user.trim() !== '' && { userId: user.trim() }),
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is asked for is made of these
  useEffect(() => {
    if (!isShown) return;
    let isGone = false;
    // Not with every letter of a name.
    const timer = setTimeout(
      async () => {
        const answer = await desk.api.acts(query);
        if (isGone) return;
        setProblem(answer.ok ? null : describeFailure(answer));
        if (!answer.ok) return;
        setActs(answer.value.acts);
        setNext(answer.value.next);
      },
      user === '' ? 0 : 300,
    );
    return () => {
      isGone = true;
      clearTimeout(timer);
    };
  }, [isShown, desk, kind, user, run]);

  const more = async () => {
    if (next === null) return;
    const answer = await desk.api.acts({ ...query, cursor: next });
    setProblem(answer.ok ? null : describeFailure(answer));
    if (!answer.ok) return;
    setActs((before) => [...(before ?? []), ...answer.value.acts]);
    setNext(answer.value.next);
  };

  const save = async (format: 'csv' | 'jsonl') => {
    const file = await desk.api.exportActs(format);
    if (!file) {
      desk.tell(strings.failed(strings.noExport));
      return;
    }
    const address = URL.createObjectURL(file);
    const link = document.createElement('a');
    link.href = address;
    link.download = `acts-${desk.streamId ?? 'all'}.${format}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), savedWithinMs);
  };

  return (
    <section aria-label={strings.audit}>
      <div className="desk-bar">
        <select
          aria-label={strings.filterKind}
          value={kind}
          onChange={(event) => setKind(event.target.value)}
        >
          <option value="">{strings.everyKind}</option>
          {kinds.map((one) => (
            <option key={one} value={one}>
              {strings.kinds[one]}
            </option>
          ))}
        </select>
        <input
          type="search"
          aria-label={strings.filterUser}
          placeholder={strings.filterUser}
          value={user}
          onChange={(event) => setUser(event.target.value)}
          dir="auto"
        />
        <button type="button" className="secondary" onClick={() => setRun((before) => before + 1)}>
          {strings.refresh}
        </button>
      </div>
      {problem && <p className="problem">{problem}</p>}
      {acts?.length === 0 && <p className="desk-note">{strings.noActs}</p>}
      <ol className="acts">
        {acts?.map((act) => (
          <ActRow key={act.id} act={act} />
        ))}
      </ol>
      <div className="desk-buttons">
        {next !== null && (
          <button type="button" className="secondary" onClick={more}>
            {strings.more}
          </button>
        )}
        <button type="button" className="quiet" onClick={() => save('csv')}>
          {strings.saveAs('CSV')}
        </button>
        <button type="button" className="quiet" onClick={() => save('jsonl')}>
          {strings.saveAs('JSON lines')}
        </button>
      </div>
    </section>
  );
}

function ActRow({ act }: { act: ModerationAct }) {
  const time = describeTime(act.at);
  const changes = changesOf(act);
  return (
    <li data-act={act.kind}>
      <p>
        <time dateTime={time.iso} title={time.full}>
          {time.short}
        </time>{' '}
        <bdi className="author">{act.byName}</bdi> <span>{strings.kinds[act.kind] ?? act.kind}</span>
        {act.userId !== undefined && (
          <>
            {' '}
            <bdi>{act.userId}</bdi>
          </>
        )}
        {act.until !== undefined && ` ${strings.until(describeTime(act.until).short)}`}
      </p>
      {act.comment && (
        <p className="hint">
          <bdi>{nameOf(act.comment)}</bdi>: <bdi>{act.comment.content}</bdi>
        </p>
      )}
      {changes.length > 0 && <p className="hint">{changes.join(', ')}</p>}
      {act.reason !== null && (
        <p className="hint">
          <bdi>“{act.reason}”</bdi>
        </p>
      )}
    </li>
  );
}
