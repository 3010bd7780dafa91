import { memo, useState } from 'react';
import type { Comment, ReactionType } from '../../feed';
import { strings } from '../../strings';
import { tintOf } from '../../tint';
import { compactNumber, describeTime } from '../../words';
import { isMentioned } from '../compose/mentions';
import { countsInOrder, reactionGlyphs } from '../reactions';
import { useWatching } from '../watching';
import { CommentText } from './CommentText';
import { nameOf } from './nameOf';
import { RowActions } from './RowActions';
import { useReacting } from './useReacting';

export interface CommentRowProps {
  comment: Comment;
  /** Which of the reactions are the reader's own. */
  mine: readonly ReactionType[];
  /** The comment that this one answers, when it is here. */
  parent?: Comment | undefined;
  /** How many answers to it are here. */
  replies?: number;
  isHost?: boolean;
  /** In a thread its place says already what it answers. */
  isInThread?: boolean;
  /** The one that the keyboard is at: its buttons can be reached. */
  isActive?: boolean;
  onOpenThread?: ((comment: Comment) => void) | undefined;
  /** After a reaction in a list that the feed doesn't keep. */
  onCounts?: ((commentId: string, counts: Record<string, number>) => void) | undefined;
}

/** One comment, and what one can do with it. */
export const CommentRow = memo(function CommentRow({
  comment,
  mine,
  parent,
  replies = 0,
  isHost = false,
  isInThread = false,
  isActive = false,
  onOpenThread,
  onCounts,
}: CommentRowProps) {
  const { session } = useWatching();
  const react = useReacting(comment, mine, onCounts);
  const [isOpen, setOpen] = useState(false);
  const time = describeTime(comment.createdAt);
  const me = session?.user.username ?? null;
  const isOwn = comment.userId === session?.user.id;
  const mentionsMe = !isOwn && isMentioned(comment.mentions, me);
  const counts = countsInOrder(comment.reactionCounts);
  const name = nameOf(comment);

  return (
    <article
      className="comment"
      tabIndex={-1}
      aria-label={strings.commentBy(name)}
      data-comment={comment.id}
      data-own={isOwn || undefined}
      data-mentions-me={mentionsMe || undefined}
      data-paid={comment.isPaid || undefined}
      data-highlighted={comment.isHighlighted || undefined}
      data-open={isOpen || undefined}
      data-tint={tintOf(comment.userId)}
    >
      <span className="avatar" aria-hidden="true">
        {initialOf(name)}
      </span>
      <div className="comment-body">
        {comment.parentId !== null && !isInThread && (
          <button
            type="button"
            className="reply-to"
            tabIndex={isActive ? 0 : -1}
            onClick={() => onOpenThread?.(comment)}
          >
            <span aria-hidden="true">↪ </span>
            {parent ? (
              <>
                <span className="visually-hidden">{strings.inReplyTo}</span>{' '}
                <bdi className="reply-to-name">{nameOf(parent)}</bdi> <bdi>{parent.content}</bdi>
              </>
            ) : (
              strings.inReplyToEarlier
            )}
          </button>
        )}
        <p className="comment-head">
          <bdi className="author" title={`@${comment.username}`}>
            {name}
          </bdi>
          {isOwn && <span className="tag">{strings.you}</span>}
          {isHost && (
            <span className="tag" data-kind="host">
              {strings.host}
            </span>
          )}
          {comment.isPaid && (
            <span className="tag" data-kind="paid">
              {strings.paid}
            </span>
          )}
          {comment.isHighlighted && (
            <span className="tag" data-kind="highlighted">
              {strings.highlighted}
            </span>
          )}
          {mentionsMe && <span className="visually-hidden">{strings.mentionsYou}</span>}
          <time dateTime={time.iso} title={time.full}>
            {time.short}
          </time>
        </p>
        <CommentText content={comment.content} mentions={comment.mentions} me={me} />
        {(counts.length > 0 || (replies > 0 && !isInThread)) && (
          <p className="comment-foot">
            {counts.map(({ type, count }) => (
              <button
                key={type}
                type="button"
                className="chip"
                tabIndex={isActive ? 0 : -1}
                aria-pressed={mine.includes(type)}
                aria-label={strings.reactionButton(strings.reactions[type], count)}
                title={strings.reactions[type]}
                onClick={() => react(type)}
              >
                <span className="glyph" aria-hidden="true">
                  {reactionGlyphs[type]}
                </span>{' '}
                {compactNumber(count)}
              </button>
            ))}
            {replies > 0 && !isInThread && (
              <button
                type="button"
                className="chip"
                data-kind="replies"
                tabIndex={isActive ? 0 : -1}
                onClick={() => onOpenThread?.(comment)}
              >
                {strings.replies(replies)}
              </button>
            )}
          </p>
        )}
      </div>
      <RowActions
        comment={comment}
        mine={mine}
        isOwn={isOwn}
        isActive={isActive}
        hasReactions={counts.length > 0}
        onReact={react}
        onReply={onOpenThread}
        onOpen={setOpen}
      />
    </article>
  );
});

function initialOf(name: string): string {
  // Without a letter's marks: they would leave the circle.
  return [...name.trim().normalize('NFD')][0]?.toLocaleUpperCase() ?? '?';
}
