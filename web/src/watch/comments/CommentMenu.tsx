import { type RefObject, useState } from 'react';
import type { Answer, Comment } from '../../feed';
import { strings } from '../../strings';
import { describeFailure } from '../failure';
import { Popup } from '../Popup';
import { useFeedState, useWatching } from '../watching';
import { Reactors } from './Reactors';

interface CommentMenuProps {
  anchor: RefObject<HTMLElement | null>;
  comment: Comment;
  isOwn: boolean;
  hasReactions: boolean;
  onClose(): void;
}

/** What one can do with a comment besides answering it: as its author, as any viewer, and as a moderator of the stream. */
export function CommentMenu({ anchor, comment, isOwn, hasReactions, onClose }: CommentMenuProps) {
  const { feed, session, askToJoin, askAbout } = useWatching();
  const mayModerate = useFeedState((state) => state.rights?.mayModerate ?? false);
  const [isReactors, setReactors] = useState(false);

  if (isReactors)
    return (
      <Popup
        key="reactors"
        anchor={anchor}
        label={strings.peopleWhoReacted}
        role="dialog"
        className="reactors"
        onClose={onClose}
      >
        <Reactors commentId={comment.id} counts={comment.reactionCounts} />
      </Popup>
    );

  const report = () => {
    onClose();
    if (session) askAbout({ kind: 'report', comment });
    else askToJoin(strings.joinToReport);
  };

  return (
    <Popup
      key="menu"
      anchor={anchor}
      label={strings.moreActions}
      role="menu"
      className="menu"
      onClose={onClose}
    >
      {hasReactions && (
        <button type="button" role="menuitem" onClick={() => setReactors(true)}>
          {strings.whoReacted}
        </button>
      )}
      {!isOwn && (
        <button type="button" role="menuitem" onClick={report}>
          {strings.report}
        </button>
      )}
      {mayModerate && <ModeratorItems comment={comment} isOwn={isOwn} onDone={onClose} />}
      {isOwn && (
        <DeleteItem
          label={strings.deleteOwn}
          onDelete={() => feed.deleteComment(comment.id)}
          onDone={onClose}
        />
      )}
    </Popup>
  );
}

/** In place: nobody who moderates has to leave the conversation for it. */
function ModeratorItems({ comment, isOwn, onDone }: { comment: Comment; isOwn: boolean; onDone(): void }) {
  const { feed, tell, askAbout } = useWatching();
  const isPinned = useFeedState((state) => state.pinned?.id === comment.id);
  const isHosts = useFeedState((state) => state.stream?.creatorId === comment.userId);

  const mark = async (what: 'pin' | 'highlight', isSet: boolean) => {
    onDone();
    const answer = await feed.mark(comment.id, what, isSet);
    if (!answer.ok) tell(strings.actFailed(describeFailure(answer)));
  };
  const item = (label: string, onClick: () => void) => (
    <button type="button" role="menuitem" onClick={onClick}>
      {label}
    </button>
  );

  return (
    <>
      <hr />
      {item(isPinned ? strings.unpin : strings.pin, () => mark('pin', !isPinned))}
      {item(comment.isHighlighted ? strings.unhighlight : strings.highlight, () =>
        mark('highlight', !comment.isHighlighted),
      )}
      {!isOwn && (
        <DeleteItem label={strings.takeAway} onDelete={() => feed.takeAway(comment.id)} onDone={onDone} />
      )}
      {/* Neither the broadcaster nor oneself can be sanctioned. */}
      {!isOwn &&
        !isHosts &&
        (['mute', 'shadow_mute', 'ban'] as const).map((kind) => (
          <button
            key={kind}
            type="button"
            role="menuitem"
            className={kind === 'ban' ? 'danger' : undefined}
            onClick={() => {
              onDone();
              askAbout({ kind, comment });
            }}
          >
            {strings.sanctions[kind].item}
          </button>
        ))}
    </>
  );
}

/** Asks once more in its own place: what is deleted stays so. */
function DeleteItem({
  label,
  onDelete,
  onDone,
}: {
  label: string;
  onDelete(): Promise<Answer<null>>;
  onDone(): void;
}) {
  const { tell } = useWatching();
  const [isSure, setSure] = useState(false);
  const onClick = async () => {
    if (!isSure) {
      setSure(true);
      return;
    }
    onDone();
    const answer = await onDelete();
    if (!answer.ok) tell(strings.deleteFailed(describeFailure(answer)));
  };
  return (
    <button type="button" role="menuitem" className="danger" onClick={onClick}>
      {isSure ? strings.deleteReally : label}
    </button>
  );
}
