import type { Comment, User } from './protocol';
import type { Person } from './state';

/** As many as a completion can choose from; who has been silent for longer is no likely addressee. */
export const maxPeople = 200;

/** Those who spoke in these comments come first; the same array when nobody did. */
export function withSpeakers(people: readonly Person[], comments: readonly Comment[]): readonly Person[] {
  if (comments.length === 0) return people;
  const speakers = new Map<string, Person>();
  for (const { userId, username, displayName, avatarUrl } of comments.toReversed())
    if (!speakers.has(userId))
      speakers.set(userId, {
        userId,
        username,
        displayName: displayName ?? username,
        avatarUrl: avatarUrl ?? null,
      });
  return [...speakers.values(), ...people.filter(({ userId }) => !speakers.has(userId))].slice(0, maxPeople);
}

/** Whether a comment mentions somebody; names have no case, as the service sees them. */
export function mentions(comment: Comment, user: Pick<User, 'username'>): boolean {
  const name = user.username.toLowerCase();
  return comment.mentions?.some((mentioned) => mentioned.toLowerCase() === name) ?? false;
}
