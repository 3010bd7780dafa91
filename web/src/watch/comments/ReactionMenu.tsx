import type { RefObject } from 'react';
import type { ReactionType } from '../../feed';
import { strings } from '../../strings';
import { Popup } from '../Popup';
import { reactionGlyphs, reactionTypes } from '../reactions';

interface ReactionMenuProps {
  anchor: RefObject<HTMLElement | null>;
  mine: readonly ReactionType[];
  onReact(type: ReactionType): void;
  onClose(): void;
}

/** The six, to choose one's own. */
export function ReactionMenu({ anchor, mine, onReact, onClose }: ReactionMenuProps) {
  return (
    <Popup anchor={anchor} label={strings.react} role="menu" className="reaction-popup" onClose={onClose}>
      {reactionTypes.map((type) => (
        <button
          key={type}
          type="button"
          className="glyph"
          role="menuitemcheckbox"
          aria-checked={mine.includes(type)}
          aria-label={strings.reactions[type]}
          title={strings.reactions[type]}
          onClick={() => {
            onReact(type);
            onClose();
          }}
        >
          {reactionGlyphs[type]}
        </button>
      ))}
    </Popup>
  );
}
