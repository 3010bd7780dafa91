import type { Person } from '../../feed';
import { nameOf } from '../comments/nameOf';

/** What the service takes for a part of a user name; kept in step with its own rule by `mentions.test.ts`. */
const namePart = 'A-Za-z0-9_.-';
const mention = new RegExp(`(?<![\\p{L}\\p{Nd}${namePart}])@([${namePart}]+)`, 'gu');
const openMention = new RegExp(`(?<![\\p{L}\\p{Nd}${namePart}])@([${namePart}]*)$`, 'u');

/** At most so many are offered: more would have to be read, not seen. */
export const maxSuggestions = 6;

/** The unfinished mention that ends at the caret: where it begins, and what of the name is there. */
export function mentionAt(text: string, caret: number): { start: number; typed: string } | null {
  const match = openMention.exec(text.slice(0, caret));
  return match ? { start: match.index, typed: match[1] ?? '' } : null;
}

/** Those whose name begins with what was typed; then those that contain it. Who spoke last is first in `people`. */
export function suggest(people: readonly Person[], typed: string): Person[] {
  const wanted = fold(typed);
  const begins: Person[] = [];
  const contains: Person[] = [];
  for (const person of people) {
    const names = [fold(person.username), fold(nameOf(person))];
    if (names.some((name) => name.startsWith(wanted))) begins.push(person);
    else if (names.some((name) => name.includes(wanted))) contains.push(person);
  }
  return [...begins, ...contains].slice(0, maxSuggestions);
}

/** The text with the mention finished, and where the caret goes. */
export function complete(text: string, caret: number, username: string): { text: string; caret: number } {
  const open = mentionAt(text, caret);
  if (!open) return { text, caret };
  const rest = text.slice(caret).replace(new RegExp(`^[${namePart}]+`), '');
  const before = `${text.slice(0, open.start)}@${username} `;
  return { text: before + rest.replace(/^ /, ''), caret: before.length };
}

export type Piece = { readonly text: string; readonly mentions: string | null };

/** The text in pieces, in order: plain ones, and those that mention somebody of `mentions` (the service's word). */
export function piecesOf(text: string, mentions: readonly string[]): Piece[] {
  if (mentions.length === 0) return [{ text, mentions: null }];
  const known = new Set(mentions.map(fold));
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(mention)) {
    // "@ada." at the end of a sentence mentions ada.
    const name = (match[1] ?? '').replace(/[.-]+$/, '');
    if (!known.has(fold(name))) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), mentions: null });
    end = match.index + 1 + name.length;
    pieces.push({ text: text.slice(match.index, end), mentions: name });
  }
  if (end < text.length) pieces.push({ text: text.slice(end), mentions: null });
  return pieces;
}

export function isMentioned(mentions: readonly string[], username: string | null): boolean {
  return username !== null && mentions.some((name) => fold(name) === fold(username));
}

function fold(name: string): string {
  return name.toLowerCase();
}
