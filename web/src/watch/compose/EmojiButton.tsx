import { type RefObject, useRef, useState } from 'react';
import { strings } from '../../strings';
import { part } from '../part';

const EmojiPicker = part(() => import('./EmojiPicker').then((module) => module.EmojiPicker));

interface EmojiButtonProps {
  box: RefObject<HTMLTextAreaElement | null>;
  draft: string;
  onDraft(draft: string): void;
}

/** Puts an emoji where the caret is. */
export function EmojiButton({ box, draft, onDraft }: EmojiButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);

  const insert = (character: string) => {
    const from = box.current?.selectionStart ?? draft.length;
    const to = box.current?.selectionEnd ?? draft.length;
    onDraft(draft.slice(0, from) + character + draft.slice(to));
    // Behind it, once the box has the new text: several in a row then stand in a row.
    requestAnimationFrame(() =>
      box.current?.setSelectionRange(from + character.length, from + character.length),
    );
  };

  return (
    <>
      <button
        type="button"
        className="icon emoji-button"
        ref={button}
        aria-label={strings.emoji}
        title={strings.emoji}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onPointerEnter={EmojiPicker.prepare}
        onFocus={EmojiPicker.prepare}
        onClick={() => setOpen(!isOpen)}
      >
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <circle cx="10" cy="10" r="7.25" />
          <path d="M7 11.5c.6 1.3 1.7 2 3 2s2.4-.7 3-2M7.6 7.6v.9M12.4 7.6v.9" />
        </svg>
      </button>
      {isOpen && <EmojiPicker anchor={button} onChoose={insert} onClose={() => setOpen(false)} />}
    </>
  );
}
