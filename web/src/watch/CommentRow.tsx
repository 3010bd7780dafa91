import { memo } from 'react';
import type { Comment } from '../feed';
import { strings } from '../strings';
import { describeTime } from './time';

/** Colours of names and avatars: `[data-tint]` in watch.css. */
const tints = 8;

/** Name and text are isolated (`bdi`), so that right-to-left text can't reorder what stands around it. */
export const CommentRow = memo(function CommentRow({ comment, isOwn }: { comment: Comment; isOwn: boolean }) {
  const time = describeTime(comment.createdAt);
  return (
    <li
      className="comment"
      data-own={isOwn || undefined}
      data-paid={comment.isPaid || undefined}
      data-highlighted={comment.isHighlighted || undefined}
      data-tint={tintOf(comment.userId)}
    >
      <span className="avatar" aria-hidden="true">
        {initialOf(comment.username)}
      </span>
      <div className="comment-body">
        <p className="comment-head">
          <bdi className="author">{comment.username}</bdi>
          {isOwn && <span className="tag">{strings.you}</span>}
          <time dateTime={time.iso} title={time.full}>
            {time.short}
          </time>
        </p>
        <p className="content">
          <bdi>{comment.content}</bdi>
        </p>
      </div>
    </li>
  );
});

function initialOf(name: string): string {
  const first = [...name.trim()][0] ?? '?';
  return first.toLocaleUpperCase();
}

function tintOf(userId: string): number {
  let hash = 0;
  for (const character of userId) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  return hash % tints;
}
