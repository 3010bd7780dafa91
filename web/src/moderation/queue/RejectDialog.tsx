import { type FormEvent, useState } from 'react';
import { Dialog } from '../Dialog';
import { maxReasonCharacters } from '../people/SanctionDialog';
import { deskStrings as strings } from '../strings';

interface RejectDialogProps {
  name: string;
  onReject(reason: string): void;
  onClose(): void;
}

/** Refuses a comment with a word to its author. */
export function RejectDialog({ name, onReject, onClose }: RejectDialogProps) {
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onReject(reason.trim());
  };
  return (
    <Dialog title={strings.rejectOf(name)} onClose={onClose}>
      <form className="desk-form" onSubmit={submit}>
        <label>
          {strings.wordToAuthor}
          <input
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            maxLength={maxReasonCharacters}
            dir="auto"
          />
        </label>
        <div className="desk-buttons">
          <button type="submit" className="primary">
            {strings.decisions.reject}
          </button>
          <button type="button" className="secondary" onClick={onClose}>
            {strings.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
