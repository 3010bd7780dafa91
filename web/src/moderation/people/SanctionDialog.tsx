import { type FormEvent, useState } from 'react';
import { describeFailure } from '../../watch/failure';
import { Dialog } from '../Dialog';
import { useDesk } from '../desk';
import type { SanctionKind } from '../deskApi';
import { deskStrings as strings } from '../strings';

/** As long as the service takes a reason. */
export const maxReasonCharacters = 300;

/** In seconds; 0 for until it is lifted. */
const durations = [600, 3_600, 86_400, 7 * 86_400, 30 * 86_400, 0] as const;

const kinds: readonly SanctionKind[] = ['mute', 'shadow_mute', 'ban'];

interface SanctionDialogProps {
  /** Who it is; null asks for it. */
  userId: string | null;
  name: string | null;
  onClose(): void;
  onDone?: () => void;
}

/** Which sanction, for how long, and why. */
export function SanctionDialog({ userId, name, onClose, onDone }: SanctionDialogProps) {
  const desk = useDesk();
  const [kind, setKind] = useState<SanctionKind>('ban');
  const [seconds, setSeconds] = useState(0);
  const [reason, setReason] = useState('');
  const [who, setWho] = useState(userId ?? '');
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const id = who.trim();
    if (isBusy || id === '') return;
    setBusy(true);
    const answer = await desk.api.impose(kind, id, {
      ...(reason.trim() !== '' && { reason: reason.trim() }),
      ...(seconds > 0 && { durationSeconds: seconds }),
    });
    setBusy(false);
    if (!answer.ok) {
      setProblem(describeFailure(answer));
      return;
    }
    desk.tell(strings.sanctioned[kind](name ?? id), () => desk.api.lift(kind, id));
    onDone?.();
    onClose();
  };

  return (
    <Dialog title={name === null ? strings.newSanction : strings.sanctionOf(name)} onClose={onClose}>
      <form onSubmit={submit} className="desk-form">
        {userId === null && (
          <label>
            {strings.userId}
            <input value={who} onChange={(event) => setWho(event.target.value)} required dir="auto" />
          </label>
        )}
        <label>
          {strings.sanctionKind}
          <select value={kind} onChange={(event) => setKind(event.target.value as SanctionKind)}>
            {kinds.map((one) => (
              <option key={one} value={one}>
                {strings.sanctionKinds[one]}
              </option>
            ))}
          </select>
        </label>
        <p className="hint">{strings.sanctionHints[kind]}</p>
        <label>
          {strings.duration}
          <select value={seconds} onChange={(event) => setSeconds(Number(event.target.value))}>
            {durations.map((one) => (
              <option key={one} value={one}>
                {strings.durations[one]}
              </option>
            ))}
          </select>
        </label>
        <label>
          {strings.reason}
          <input
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            maxLength={maxReasonCharacters}
            dir="auto"
          />
        </label>
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <div className="desk-buttons">
          <button type="submit" className="primary" disabled={isBusy || who.trim() === ''}>
            {strings.sanctionKinds[kind]}
          </button>
          <button type="button" className="secondary" onClick={onClose}>
            {strings.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
