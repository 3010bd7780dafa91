import { describe, expect, test } from 'vitest';
import type { ModerationRules } from '../../feed/contracts';
import { draftOf, faultAt, newPattern, rulesOf, wrongNumber } from './draft';

const rules: ModerationRules = {
  words: [
    { word: 'idiot', action: 'reject' },
    { word: 'spam', action: 'hold', match: 'stem' },
    { word: 'idiot wind', action: 'approve' },
  ],
  patterns: [{ pattern: 'buy .* now', action: 'hold' }],
  links: { action: 'hold', allowed: ['example.org', 'example.com'] },
  duplicates: { action: 'reject', perUser: 2, perStream: null },
  scores: { holdAbove: 0.4, rejectAbove: null },
  mentions: { action: 'hold', max: 0 },
  emoji: null,
  newUsers: null,
  lowReputation: { action: 'hold', below: null },
  language: { action: 'hold', allowed: ['en', 'de'], confidence: 0.8 },
};

const sorted = (value: ModerationRules) => ({
  ...value,
  words: value.words.toSorted((a, b) => a.word.localeCompare(b.word)),
});

describe('rules as they are written', () => {
  test('what was read and not touched goes back as it came', () => {
    expect(sorted(rulesOf(draftOf(rules)))).toEqual(sorted(rules));
  });

  test('a part that this page does not know goes back as it came', () => {
    const newer = { ...rules, astrology: { action: 'hold' } } as ModerationRules;
    expect(rulesOf(draftOf(newer))).toMatchObject({ astrology: { action: 'hold' } });
  });

  test('empty lines are no words, and a star means any ending', () => {
    const draft = draftOf({ ...rules, words: [] });
    const written = rulesOf({ ...draft, words: { ...draft.words, hold: '\n  scam* \n\nfree money\n' } });
    expect(written.words).toEqual([
      { word: 'scam', action: 'hold', match: 'stem' },
      { word: 'free money', action: 'hold' },
    ]);
  });

  test('what is no number is not sent for nothing', () => {
    const draft = draftOf(rules);
    expect(wrongNumber(draft)).toBeNull();
    expect(wrongNumber({ ...draft, duplicates: { ...draft.duplicates, perUser: 'two' } })).toBe('duplicates');
    expect(wrongNumber({ ...draft, scores: { ...draft.scores, holdAbove: 'x' } })).toBe('scores');
    const mentions = { action: 'hold', max: '' } as const;
    expect(wrongNumber({ ...draft, floods: { ...draft.floods, mentions } })).toBe('mentions');
    const off = { ...mentions, action: 'off' } as const;
    expect(wrongNumber({ ...draft, floods: { ...draft.floods, mentions: off } })).toBeNull();
  });

  test('a fault is shown at the line, the pattern or the part that the service means', () => {
    const draft = {
      ...draftOf(rules),
      words: { hold: 'one\n\ntwo', reject: '\nthree', drop: '', approve: 'four' },
      patterns: [newPattern('a'), newPattern('b')],
    };
    expect(faultAt(draft, 'words[1]', 'x')).toEqual({ place: 'words.hold', line: 2, message: 'x' });
    expect(faultAt(draft, 'words[2]', 'x')).toEqual({ place: 'words.reject', line: 1, message: 'x' });
    expect(faultAt(draft, 'words[3]', 'x')).toEqual({ place: 'words.approve', line: 0, message: 'x' });
    expect(faultAt(draft, 'patterns[1]', 'x').place).toBe(`patterns.${draft.patterns[1]?.key}`);
    expect(faultAt(draft, 'links', 'x').place).toBe('links');
    // Of a list that was changed since it was sent: said all the same.
    expect(faultAt(draft, 'words[99]', 'x').place).toBe('words');
  });
});
