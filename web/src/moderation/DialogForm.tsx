import type { FormEvent, ReactNode } from 'react';
import { Dialog } from './Dialog';
import { deskStrings as strings } from './strings';

/** As long as the service takes a reason. */
const maxReasonCharacters = 300;

interface DialogFormProps {
  title: ReactNode;
  /** What the button says that does it. */
  action: string;
  isBlocked?: boolean;
  /** Why it didn't work; what was filled in stays. */
  problem?: string | null;
  onSubmit(): void;
  onClose(): void;
  children: ReactNode;
}

/** A question with something to fill in. */
export function DialogForm({
  title,
  action,
  isBlocked,
  problem,
  onSubmit,
  onClose,
  children,
}: DialogFormProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isBlocked) onSubmit();
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit} className="desk-form">
        {children}
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <div className="desk-buttons">
          <button type="submit" className="primary" disabled={isBlocked}>
            {action}
          </button>
          <button type="button" className="secondary" onClick={onClose}>
            {strings.cancel}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface ReasonFieldProps {
  label: string;
  value: string;
  onChange(value: string): void;
}

/** Why, on one line. */
export function ReasonField({ label, value, onChange }: ReasonFieldProps) {
  return (
    <label>
      {label}
      <input
        value={value}
        onChange={(event) => onChange(event.target.value)}
        maxLength={maxReasonCharacters}
        dir="auto"
      />
    </label>
  );
}
