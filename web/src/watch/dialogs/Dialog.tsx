import { type FormEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { strings } from '../../strings';

interface DialogProps {
  title: ReactNode;
  /** What the button says that does it. */
  action: string;
  isDangerous?: boolean;
  isBusy: boolean;
  /** Why it didn't work; what was filled in stays. */
  problem: string | null;
  onSubmit(): void;
  onClose(): void;
  children: ReactNode;
}

/** A form over the page. The browser's own modal dialog: the rest is out of reach, Escape closes it, the focus goes back. */
export function Dialog({
  title,
  action,
  isDangerous = false,
  isBusy,
  problem,
  onSubmit,
  onClose,
  children,
}: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();

  useEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    return () => {
      // What it was opened from may have left the list meanwhile.
      if (opener?.isConnected && opener !== document.body) opener.focus();
      else document.querySelector<HTMLElement>('.comments-scroller')?.focus();
    };
  }, []);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isBusy) onSubmit();
  };

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the key for it is Escape, the browser's own
    <dialog
      className="dialog"
      ref={dialog}
      aria-labelledby={titleId}
      onClose={onClose}
      onCancel={onClose}
      // The backdrop is the dialog itself; what is in it covers all the rest.
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      <form onSubmit={submit}>
        <h2 id={titleId}>{title}</h2>
        {children}
        <p className="problem" role="alert">
          {problem}
        </p>
        <div className="dialog-foot">
          <button type="button" className="secondary" onClick={onClose}>
            {strings.cancel}
          </button>
          <button type="submit" className="primary" data-danger={isDangerous || undefined} disabled={isBusy}>
            {action}
          </button>
        </div>
      </form>
    </dialog>
  );
}
