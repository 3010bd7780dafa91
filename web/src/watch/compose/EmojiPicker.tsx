import type { RefObject } from 'react';
import { strings } from '../../strings';
import { Popup } from '../Popup';
import { emoji } from './emoji';

const columns = 8;

interface EmojiPickerProps {
  anchor: RefObject<HTMLElement | null>;
  onChoose(character: string): void;
  onClose(): void;
}

/** A small picker: it stays open, since one emoji seldom comes alone. */
export function EmojiPicker({ anchor, onChoose, onClose }: EmojiPickerProps) {
  return (
    <Popup
      anchor={anchor}
      label={strings.emoji}
      role="dialog"
      className="emoji-picker"
      columns={columns}
      onClose={onClose}
    >
      {emoji.map((group) => (
        <section key={group.name} aria-label={group.name}>
          <h3>{group.name}</h3>
          <div className="emoji-grid">
            {group.characters.map((character) => (
              <button key={character} type="button" className="glyph" onClick={() => onChoose(character)}>
                {character}
              </button>
            ))}
          </div>
        </section>
      ))}
    </Popup>
  );
}
