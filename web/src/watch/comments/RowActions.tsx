import { useRef, useState } from 'react';
import type { Comment, ReactionType } from '../../feed';
import { strings } from '../../strings';
import { describeFailure } from '../failure';
import { Popup } from '../Popup';
import { reactionGlyphs, reactionTypes } from '../reactions';
import { useWatching } from '../watching';
import { Reactors } from './Reactors';

interface RowActionsProps {
  comment: Comment;
  mine: readonly ReactionType[];
  isOwn: boolean;
  isActive: boolean;
  hasReactions: boolean;
  onReact(type: ReactionType): void;
  onReply?: ((comment: Comment) => void) | undefined;
  /** Whether something of it is open: the row then stays as it is though the pointer leaves. */
  onOpen(isOpen: boolean): void;
}

/** React, reply, and the rest behind a button; shown at the comment that one is at. */
export function RowActions({
  comment,
  mine,
  isOwn,
  isActive,
  hasReactions,
  onReact,
  onReply,
  onOpen,
}: RowActionsProps) {
  const [open, setOpen] = useState<'reactions' | 'menu' | 'reactors' | null>(null);
  const reactButton = useRef<HTMLButtonElement>(null);
  const moreButton = useRef<HTMLButtonElement>(null);
  const tabIndex = isActive ? 0 : -1;
  const hasMenu = isOwn || hasReactions;

  const show = (what: typeof open) => {
    setOpen(what);
    onOpen(what !== null);
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div
      className="row-actions"
      role="group"
      aria-label={strings.actions}
      data-open={open !== null || undefined}
    >
      <button
        type="button"
        ref={reactButton}
        tabIndex={tabIndex}
        aria-label={strings.react}
        title={strings.react}
        aria-haspopup="menu"
        aria-expanded={open === 'reactions'}
        onClick={() => show(open === 'reactions' ? null : 'reactions')}
      >
        <SmileIcon />
      </button>
      {onReply && (
        <button
          type="button"
          tabIndex={tabIndex}
          aria-label={strings.reply}
          title={strings.reply}
          onClick={() => onReply(comment)}
        >
          <ReplyIcon />
        </button>
      )}
      {hasMenu && (
        <button
          type="button"
          ref={moreButton}
          tabIndex={tabIndex}
          aria-label={strings.moreActions}
          title={strings.moreActions}
          aria-haspopup="menu"
          aria-expanded={open === 'menu'}
          onClick={() => show(open === 'menu' ? null : 'menu')}
        >
          <MoreIcon />
        </button>
      )}
      {open === 'reactions' && (
        <Popup
          anchor={reactButton}
          label={strings.react}
          role="menu"
          className="reaction-popup"
          onClose={() => show(null)}
        >
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
                show(null);
              }}
            >
              {reactionGlyphs[type]}
            </button>
          ))}
        </Popup>
      )}
      {open === 'menu' && (
        <Popup
          anchor={moreButton}
          label={strings.moreActions}
          role="menu"
          className="menu"
          onClose={() => show(null)}
        >
          {hasReactions && (
            <button type="button" role="menuitem" onClick={() => show('reactors')}>
              {strings.whoReacted}
            </button>
          )}
          {isOwn && <DeleteItem commentId={comment.id} onDone={() => show(null)} />}
        </Popup>
      )}
      {open === 'reactors' && (
        <Popup
          anchor={moreButton}
          label={strings.peopleWhoReacted}
          role="dialog"
          className="reactors"
          onClose={() => show(null)}
        >
          <Reactors commentId={comment.id} counts={comment.reactionCounts} />
        </Popup>
      )}
    </div>
  );
}

/** Asks once more in its own place: what is deleted stays so. */
function DeleteItem({ commentId, onDone }: { commentId: string; onDone(): void }) {
  const { feed, tell } = useWatching();
  const [isSure, setSure] = useState(false);
  const onClick = async () => {
    if (!isSure) {
      setSure(true);
      return;
    }
    onDone();
    const answer = await feed.deleteComment(commentId);
    if (!answer.ok) tell(strings.deleteFailed(describeFailure(answer)));
  };
  return (
    <button type="button" role="menuitem" className="danger" onClick={onClick}>
      {isSure ? strings.deleteReally : strings.deleteOwn}
    </button>
  );
}

function SmileIcon() {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true">
      <circle cx="10" cy="10" r="7.25" />
      <path d="M7 11.5c.6 1.3 1.7 2 3 2s2.4-.7 3-2" />
      <path d="M7.6 7.6v.9M12.4 7.600v.9" />
    </svg>
  );
}

function ReplyIcon() {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true" className="directed">
      <path d="M8.5 5 3.5 9.5l5 4.5M4 9.5h7c3 0 5 2 5.5 5.5" />
    </svg>
  );
}

function MoreIcon() {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true">
      <path d="M4.5 10h.01M10 10h.01M15.5 10h.01" strokeWidth="2.6" />
    </svg>
  );
}
