import { useState } from 'react';
import type { Comment, ReportReason } from '../../feed';
import { strings } from '../../strings';
import { describeFailure } from '../failure';
import { useWatching } from '../watching';
import { Dialog } from './Dialog';
import { Quoted } from './Quoted';

/** What the service takes. */
const maxNoteCharacters = 500;

const reasons = Object.keys(strings.reportReasons) as ReportReason[];

/** Tells the moderators about a comment. */
export function ReportDialog({ comment, onClose }: { comment: Comment; onClose(): void }) {
  const { feed, tell } = useWatching();
  const [reason, setReason] = useState<ReportReason | null>(null);
  const [note, setNote] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const send = async () => {
    if (reason === null) {
      setProblem(strings.reportNeedsReason);
      return;
    }
    setBusy(true);
    const answer = await feed.report(comment.id, reason, note);
    setBusy(false);
    if (!answer.ok) {
      setProblem(strings.reportFailed(describeFailure(answer)));
      return;
    }
    onClose();
    tell(strings.reported);
  };

  return (
    <Dialog
      title={strings.reportTitle}
      action={strings.sendReport}
      isBusy={isBusy}
      problem={problem}
      onSubmit={send}
      onClose={onClose}
    >
      <Quoted comment={comment} />
      <fieldset>
        <legend>{strings.reportWhy}</legend>
        {reasons.map((one) => (
          <label key={one} className="choice">
            <input
              type="radio"
              name="reason"
              value={one}
              checked={reason === one}
              onChange={() => {
                setReason(one);
                setProblem(null);
              }}
            />
            {strings.reportReasons[one]}
          </label>
        ))}
      </fieldset>
      <label className="labelled">
        {strings.reportNote}
        <textarea
          rows={2}
          value={note}
          maxLength={maxNoteCharacters}
          dir="auto"
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
    </Dialog>
  );
}
