import { useState } from 'react';
import { DialogForm, ReasonField } from '../DialogForm';
import { deskStrings as strings } from '../strings';

interface RejectDialogProps {
  name: string;
  onReject(reason: string): void;
  onClose(): void;
}

/** Refuses a comment with a word to its author. */
export function RejectDialog({ name, onReject, onClose }: RejectDialogProps) {
  const [reason, setReason] = useState('');
  return (
    <DialogForm
      title={strings.rejectOf(name)}
      action={strings.decisions.reject}
      onSubmit={() => onReject(reason.trim())}
      onClose={onClose}
    >
      <ReasonField label={strings.wordToAuthor} value={reason} onChange={setReason} />
    </DialogForm>
  );
}
