import { useState } from 'react';
import type { Comment, SanctionKind } from '../../feed';
import { strings } from '../../strings';
import { nameOf } from '../comments/nameOf';
import { describeFailure } from '../failure';
import { useWatching } from '../watching';
import { Dialog } from './Dialog';
import { Quoted } from './Quoted';

/** What the service takes. */
const maxReasonCharacters = 300;

type Seconds = keyof typeof strings.durations;

/** From a pause to cool down in to for good (0). */
const durations: readonly Seconds[] = [600, 3600, 86400, 604800, 2592000, 0];

/** A mute is mostly a pause; a ban mostly is not. */
const usual: Readonly<Record<SanctionKind, Seconds>> = { mute: 600, shadow_mute: 86400, ban: 0 };

interface SanctionDialogProps {
  kind: SanctionKind;
  comment: Comment;
  onClose(): void;
}

/** Bans or mutes a comment's author on this stream. */
export function SanctionDialog({ kind, comment, onClose }: SanctionDialogProps) {
  const { feed, tell } = useWatching();
  const [seconds, setSeconds] = useState<Seconds>(usual[kind]);
  const [reason, setReason] = useState('');
  const [takesAway, setTakesAway] = useState(kind === 'ban');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const words = strings.sanctions[kind];

  const impose = async () => {
    setBusy(true);
    const why = reason.trim();
    // First, so that the author's own page hears of it, too: a ban ends its line.
    const removed = takesAway ? await feed.takeAway(comment.id, why || undefined) : null;
    // Gone already, by whomever: that is what was wanted.
    const isGone = removed === null || removed.ok || removed.code === 'COMMENT_NOT_FOUND';
    const answer = isGone
      ? await feed.sanction(comment.userId, kind, {
          ...(why === '' ? {} : { reason: why }),
          ...(seconds === 0 ? {} : { durationSeconds: seconds }),
        })
      : removed;
    setBusy(false);
    if (!answer.ok) {
      setProblem(strings.actFailed(describeFailure(answer)));
      return;
    }
    onClose();
    tell(words.done(nameOf(comment)));
  };

  return (
    <Dialog
      title={
        <>
          {words.title} <bdi>{nameOf(comment)}</bdi>
        </>
      }
      action={words.action}
      isDangerous
      isBusy={isBusy}
      problem={problem}
      onSubmit={impose}
      onClose={onClose}
    >
      <p className="hint">{words.hint}</p>
      <Quoted comment={comment} />
      <label className="labelled">
        {strings.howLong}
        <select value={seconds} onChange={(event) => setSeconds(durations[event.target.selectedIndex] ?? 0)}>
          {durations.map((one) => (
            <option key={one} value={one}>
              {strings.durations[one]}
            </option>
          ))}
        </select>
      </label>
      <label className="labelled">
        {kind === 'shadow_mute' ? strings.reasonForModerators : strings.reasonForThem}
        <input
          type="text"
          value={reason}
          maxLength={maxReasonCharacters}
          dir="auto"
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <label className="choice">
        <input type="checkbox" checked={takesAway} onChange={(event) => setTakesAway(event.target.checked)} />
        {strings.takeAwayToo}
      </label>
    </Dialog>
  );
}
