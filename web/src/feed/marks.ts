import type { Comment, CommentUpdated } from './protocol';

/** As many comments as may be shown have marks that are remembered; the oldest are forgotten first. */
const maxMarked = 2_000;

export type Mark = Pick<CommentUpdated, 'isPinned' | 'isHighlighted'>;

/**
 * What moderators said of comments while we listened: it is newer than what a page of history, or a batch that comes
 * late, says of the same comment.
 */
export class Marks {
  #of = new Map<string, Mark>();
  /** How often something was pinned or taken down: an answer that was asked for earlier is older than what came since. */
  pinChanges = 0;

  /** False when it says nothing of marks. */
  hear({ commentId, isPinned, isHighlighted }: CommentUpdated): boolean {
    if (isPinned === undefined && isHighlighted === undefined) return false;
    if (isPinned !== undefined) this.pinChanges++;
    const known = this.#of.get(commentId);
    this.#of.delete(commentId);
    this.#of.set(commentId, {
      ...known,
      ...(isPinned === undefined ? {} : { isPinned }),
      ...(isHighlighted === undefined ? {} : { isHighlighted }),
    });
    const oldest = this.#of.size > maxMarked ? this.#of.keys().next().value : undefined;
    if (oldest !== undefined) this.#of.delete(oldest);
    return true;
  }

  /** The same comment when nothing was said of it. */
  on(comment: Comment): Comment {
    const mark = this.#of.get(comment.id);
    if (!mark) return comment;
    const marked = { ...comment, ...mark };
    return marked.isPinned === comment.isPinned && marked.isHighlighted === comment.isHighlighted
      ? comment
      : marked;
  }

  /** The same list when nothing was said of any. */
  onAll<T extends Comment>(comments: readonly T[]): readonly T[] {
    return this.#of.size === 0 ? comments : comments.map((comment) => this.on(comment) as T);
  }

  clear(): void {
    this.#of.clear();
  }

  all(): readonly (readonly [string, Mark])[] {
    return [...this.#of];
  }

  load(all: readonly (readonly [string, Mark])[]): void {
    for (const [id, mark] of all) if (!this.#of.has(id)) this.#of.set(id, mark);
  }
}
