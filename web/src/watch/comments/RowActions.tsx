import { type ReactNode, type RefObject, useRef, useState } from 'react';
import type { Comment, ReactionType } from '../../feed';
import { strings } from '../../strings';
import { part } from '../part';

const ReactionMenu = part(() => import('./ReactionMenu').then((module) => module.ReactionMenu));
const CommentMenu = part(() => import('./CommentMenu').then((module) => module.CommentMenu));

/** Who comes near is likely to open one of them. */
function prepare() {
  ReactionMenu.prepare();
  CommentMenu.prepare();
}

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
  const [open, setOpen] = useState<'reactions' | 'menu' | null>(null);
  const reactButton = useRef<HTMLButtonElement>(null);
  const moreButton = useRef<HTMLButtonElement>(null);
  const tabIndex = isActive ? 0 : -1;

  const show = (what: typeof open) => {
    setOpen(what);
    onOpen(what !== null);
  };
  const opener = (what: 'reactions' | 'menu') => ({
    tabIndex,
    isOpen: open === what,
    onPress: () => show(open === what ? null : what),
  });

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div
      className="row-actions"
      role="group"
      aria-label={strings.actions}
      data-open={open !== null || undefined}
      onPointerEnter={prepare}
      onFocus={prepare}
    >
      <MenuButton button={reactButton} label={strings.react} {...opener('reactions')}>
        <SmileIcon />
      </MenuButton>
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
      <MenuButton button={moreButton} label={strings.moreActions} {...opener('menu')}>
        <MoreIcon />
      </MenuButton>
      {open === 'reactions' && (
        <ReactionMenu anchor={reactButton} mine={mine} onReact={onReact} onClose={() => show(null)} />
      )}
      {open === 'menu' && (
        <CommentMenu
          anchor={moreButton}
          comment={comment}
          isOwn={isOwn}
          hasReactions={hasReactions}
          onClose={() => show(null)}
        />
      )}
    </div>
  );
}

interface MenuButtonProps {
  button: RefObject<HTMLButtonElement | null>;
  label: string;
  tabIndex: number;
  isOpen: boolean;
  onPress(): void;
  children: ReactNode;
}

/** Opens a menu beside itself, and closes it. */
function MenuButton({ button, label, tabIndex, isOpen, onPress, children }: MenuButtonProps) {
  return (
    <button
      type="button"
      ref={button}
      tabIndex={tabIndex}
      aria-label={label}
      title={label}
      aria-haspopup="menu"
      aria-expanded={isOpen}
      onClick={onPress}
    >
      {children}
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
