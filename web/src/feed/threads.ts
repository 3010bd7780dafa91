import type { Comment } from './protocol';
import type { Thread } from './state';

/** Threads that were opened; the one that was opened longest ago is closed for another. */
const maxThreads = 50;

/** Live answers to comments whose thread is open. */
export function withReplies(
  threads: Readonly<Record<string, Thread>>,
  comments: readonly Comment[],
): Readonly<Record<string, Thread>> {
  let changed = threads;
  for (const comment of comments) {
    const thread = comment.parentId === null ? undefined : changed[comment.parentId];
    // Behind a page that isn't loaded yet it would stand in the wrong place.
    if (!thread || !comment.parentId || thread.state === 'more') continue;
    if (thread.replies.some(({ id }) => id === comment.id)) continue;
    changed = {
      ...changed,
      [comment.parentId]: { ...thread, replies: inOrder([...thread.replies, comment]) },
    };
  }
  return changed;
}

/** The threads with other replies; those that stay the same are the same objects. */
export function mapThreads(
  threads: Readonly<Record<string, Thread>>,
  change: (replies: readonly Comment[]) => readonly Comment[],
): Readonly<Record<string, Thread>> {
  let changed = threads;
  for (const [parentId, thread] of Object.entries(threads)) {
    const replies = change(thread.replies);
    if (replies.length !== thread.replies.length || replies.some((reply, at) => reply !== thread.replies[at]))
      changed = { ...changed, [parentId]: { ...thread, replies } };
  }
  return changed;
}

/** Each once. Ids grow with time, and answers are few: a thread needs no more order than that. */
export function inOrder(comments: readonly Comment[]): readonly Comment[] {
  const byId = new Map(comments.map((comment) => [comment.id, comment]));
  return [...byId.values()].sort((a, b) => a.id.length - b.id.length || (a.id < b.id ? -1 : 1));
}

/** A thread in another state, opened by that if it was not there. */
export function withThread(
  threads: Readonly<Record<string, Thread>>,
  parentId: string,
  state: Thread['state'],
): Readonly<Record<string, Thread>> {
  const all = { ...threads, [parentId]: { replies: threads[parentId]?.replies ?? [], state } };
  return Object.fromEntries(Object.entries(all).slice(-maxThreads));
}
