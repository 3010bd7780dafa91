import { describe, expect, test } from 'vitest';
import { complete, isMentioned, maxSuggestions, mentionAt, piecesOf, suggest } from './mentions';

const people = ['noor', 'Nora', 'ada', 'teo.n'].map((username) => ({
  userId: username,
  username,
  displayName: username === 'ada' ? 'Ada Lovelace' : username,
  avatarUrl: null,
}));

describe('mentions', () => {
  test.each([
    ['@', '', 0],
    ['hello @no', 'no', 6],
    ['(@no', 'no', 1],
    ['@teo.n', 'teo.n', 0],
  ])('at the end of %s a mention is being written', (text, typed, start) =>
    expect(mentionAt(text, text.length)).toEqual({ start, typed }),
  );

  test.each(['ada@example', 'x', '@no ', 'é@no'])('at the end of %s none is', (text) =>
    expect(mentionAt(text, text.length)).toBeNull(),
  );

  test('names that begin with it come before those that contain it, by display name, too', () => {
    expect(suggest(people, 'n').map((person) => person.username)).toEqual(['noor', 'Nora', 'teo.n']);
    expect(suggest(people, 'love').map((person) => person.username)).toEqual(['ada']);
    expect(
      suggest(
        Array.from({ length: 50 }, () => people[0] as never),
        '',
      ).length,
    ).toBe(maxSuggestions);
  });

  test('finishing one replaces what was typed of it, and leaves the rest', () => {
    expect(complete('hi @no there', 6, 'noor')).toEqual({ text: 'hi @noor there', caret: 9 });
    expect(complete('@n', 2, 'noor')).toEqual({ text: '@noor ', caret: 6 });
    expect(complete('nothing', 3, 'noor')).toEqual({ text: 'nothing', caret: 3 });
  });

  test('the pieces are the text, whatever it is, and only mentions that the service saw stand out', () => {
    const pieces = piecesOf('@Noor. look, a@noor.x and @bob (@noor)', ['noor']);
    expect(pieces.filter((piece) => piece.mentions !== null).map((piece) => piece.text)).toEqual([
      '@Noor',
      '@noor',
    ]);
    for (const text of ['', '@', '@@noor', '@noor@noor', '🏳️‍🌈@noor\u202e', '@noor'.repeat(300)])
      expect(
        piecesOf(text, ['noor'])
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text);
  });

  test('a mention of me doesn’t depend on its case', () => {
    expect(isMentioned(['NOOR'], 'noor')).toBe(true);
    expect(isMentioned(['noora'], 'noor')).toBe(false);
    expect(isMentioned(['null'], null)).toBe(false);
  });
});
