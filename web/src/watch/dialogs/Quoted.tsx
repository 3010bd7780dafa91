import type { Comment } from '../../feed';
import { nameOf } from '../comments/nameOf';

/** The comment that a form is about: in a fast chat the row itself is gone by now. */
export function Quoted({ comment }: { comment: Comment }) {
  return (
    <blockquote className="quoted">
      <bdi className="author">{nameOf(comment)}</bdi>
      <bdi className="content">{comment.content}</bdi>
    </blockquote>
  );
}
