import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { Session } from '../feed';
import { describeFailure } from '../watch/failure';
import { type Desk, DeskContext, type Undo } from './desk';
import { openDeskApi } from './deskApi';
import { deskStrings as strings } from './strings';
import '../styles/desk.css';

/** Long enough to notice what one did by mistake, and to take it back. */
const undoMs = 15_000;

interface DeskFrameProps {
  session: Session;
  streamId: string | null;
  mayAppoint: boolean;
  className?: string;
  children: ReactNode;
}

/** A moderator's place: what its parts share, and the line that says what came of an act and takes it back. */
export function DeskFrame({ session, streamId, mayAppoint, className = '', children }: DeskFrameProps) {
  const [told, setTold] = useState<{ text: string; undo: Undo | undefined } | null>(null);
  const toldRef = useRef(told);
  toldRef.current = told;

  const desk = useMemo<Desk>(
    () => ({
      api: openDeskApi(session, streamId),
      session,
      streamId,
      mayAppoint,
      tell: (text, undo) => setTold({ text, undo }),
    }),
    [session, streamId, mayAppoint],
  );

  useEffect(() => {
    if (!told) return;
    const timer = setTimeout(() => setTold(null), undoMs);
    return () => clearTimeout(timer);
  }, [told]);

  const takeBack = async () => {
    const undo = toldRef.current?.undo;
    if (!undo) return;
    setTold({ text: strings.undoing, undo: undefined });
    const answer = await undo();
    setTold({
      text: answer.ok ? strings.undone : strings.failed(describeFailure(answer)),
      undo: undefined,
    });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key.toLowerCase() === 'z' && isPlainKey(event)) {
      event.preventDefault();
      void takeBack();
    }
  };

  return (
    <DeskContext value={desk}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a key for all that is inside; the button does the same */}
      <div className={`desk ${className}`} onKeyDown={onKeyDown}>
        {children}
        <div className="desk-foot">
          <p role="status">{told?.text}</p>
          {told?.undo && (
            <button type="button" className="secondary small" aria-keyshortcuts="z" onClick={takeBack}>
              {strings.undo} <kbd>Z</kbd>
            </button>
          )}
        </div>
      </div>
    </DeskContext>
  );
}

/** A letter that means an act: with nothing held down, and not a part of what somebody writes. */
export function isPlainKey(event: KeyboardEvent): boolean {
  return (
    !event.altKey &&
    !event.ctrlKey &&
    !event.metaKey &&
    !event.nativeEvent.isComposing &&
    !(event.target as HTMLElement).matches('input:not([type="checkbox"]), textarea, select')
  );
}
