import { useState } from 'react';
import { describeFailure } from '../../watch/failure';
import { DialogForm, ReasonField } from '../DialogForm';
import { useDesk } from '../desk';
import type { SanctionKind } from '../deskApi';
import { deskStrings as strings } from '../strings';

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

  const impose = async () => {
    const id = who.trim();
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
    <DialogForm
      title={name === null ? strings.newSanction : strings.sanctionOf(name)}
      action={strings.sanctionKinds[kind]}
      isBlocked={isBusy || who.trim() === ''}
      problem={problem}
      onSubmit={impose}
      onClose={onClose}
    >
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
      <ReasonField label={strings.reason} value={reason} onChange={setReason} />
    </DialogForm>
  );
}
