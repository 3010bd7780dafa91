import { describe, expect, test } from 'vitest';
import type { Entry, OwnPost } from '../feed';
import { describeAge, describeTime, secondsUntil } from '../words';
import { sentenceFor } from './comments/Announcer';
import { describePost } from './comments/PostRow';
import { rulesOf } from './compose/ChatRules';
import { describeFailure } from './failure';
import { describeLoad } from './Notices';
import { chosen } from './stage/FloatingReactions';
import { transportFrom } from './transport';
import { usernameFrom } from './username';

describe('watch page', () => {
  test.each([
    ['', 'sse'],
    ['?transport=websocket', 'websocket'],
    ['?transport=pigeon', 'sse'],
  ])('an address with %s asks for %s', (search, transport) => expect(transportFrom(search)).toBe(transport));

  test.each([
    ['Ada', 'ada'],
    ['  Ada Lovelace ', 'ada-lovelace'],
    ['Zoë', 'zoe'],
    ['<b>x</b>', 'b-x-b'],
  ])('the user name for %s is %s', (name, username) => expect(usernameFrom(name)).toBe(username));

  test('a name in another script gets a user name of its own, always the same', () => {
    expect(usernameFrom('学生')).toMatch(/^viewer-[a-z0-9]+$/);
    expect(usernameFrom('学生')).toBe(usernameFrom(' 学生 '));
    expect(usernameFrom('学生')).not.toBe(usernameFrom('先生'));
  });

  test('a busy service is told of in words, also by a level that this page does not know', () => {
    expect(describeLoad('busy')).toMatch(/batches/);
    expect(describeLoad('shedding')).not.toBe(describeLoad('busy'));
    expect(describeLoad('melting')).toBe(describeLoad('busy'));
  });

  test('a time that no calendar has breaks nothing', () => {
    expect(() => describeTime(1e300)).not.toThrow();
  });

  test('today’s comments show the clock only', () => {
    const now = new Date(2026, 4, 5, 14, 0);
    const today = describeTime(new Date(2026, 4, 5, 13, 7).getTime(), now).short;
    const before = describeTime(new Date(2026, 4, 4, 13, 7).getTime(), now).short;
    expect(before.length).toBeGreaterThan(today.length);
  });

  test('a refusal known by its code is told in our words, another in the service’s', () => {
    const failure = { ok: false, retryable: false, retryAfterMs: null } as const;
    expect(describeFailure({ ...failure, code: 'STREAM_ENDED', message: 'x' })).toMatch(/has ended/);
    expect(describeFailure({ ...failure, code: 'NEWER_CODE', message: 'Not on Sundays.' })).toBe(
      'Not on Sundays.',
    );
  });

  test('an age is told in the largest unit that fits, and nonsense in none', () => {
    const now = Date.UTC(2026, 4, 5);
    expect(describeAge(now - 5 * 60_000, now)).toMatch(/5/);
    expect(describeAge(now - 26 * 3_600_000, now)).toMatch(/yesterday/);
    expect(describeAge(Number.NaN, now)).toBe('');
  });

  test('a countdown says the seconds that are left, and never less than none', () => {
    expect(secondsUntil(2_001, 1_000)).toBe(2);
    expect(secondsUntil(1_000, 2_000)).toBe(0);
  });

  test('of many reactions only some rise, of each type at least one, in their proportions', () => {
    expect(chosen({ like: 2, wow: 1 })).toEqual(['like', 'like', 'wow']);
    const many = chosen({ like: 90_000, love: 10_000, sad: 1 });
    expect(many.length).toBeLessThanOrEqual(12);
    expect(many.filter((type) => type === 'like').length).toBeGreaterThan(5);
    expect(many).toContain('sad');
    expect(chosen({})).toEqual([]);
  });

  const comment = (content: string, mentions: string[] = []) =>
    ({ comment: { username: 'grace', content, mentions } }) as unknown as Entry;

  test('a comment alone is announced in full, many by their number, and a mention of me in any case', () => {
    expect(sentenceFor([], 'ada')).toBeNull();
    expect(sentenceFor([comment('good evening')], 'ada')).toBe('grace: good evening');
    expect(sentenceFor([comment('one'), comment('two')], 'ada')).toMatch(/^2 new comments.*grace$/);
    expect(sentenceFor([comment('@Ada hi', ['Ada']), comment('two')], 'ada')).toBe('grace: @Ada hi');
    expect(sentenceFor([comment('long '.repeat(200))], null)?.length).toBeLessThan(200);
  });

  test('how the conversation goes is said in a few words, and nothing when it goes as always', () => {
    const settings = {
      slowModeSeconds: 0,
      commentsOff: false,
      emoteOnly: false,
      shieldMode: false,
      subscribersOnly: false,
    };
    expect(rulesOf(settings)).toEqual([]);
    expect(rulesOf({ ...settings, slowModeSeconds: 30, emoteOnly: true })).toEqual([
      'Emoji only.',
      'Slow mode: one comment every 30 seconds.',
    ]);
    expect(rulesOf({ ...settings, followersOnlySeconds: 600 })).toEqual([
      'Only who has followed for 10 minutes can comment.',
    ]);
    expect(rulesOf({ ...settings, commentsOff: true, slowModeSeconds: 30 })).toHaveLength(1);
  });

  test('a post on its way says where it is, and when not well exactly why', () => {
    const post = {
      id: '1',
      content: 'x',
      parentId: null,
      mediaTimeMs: null,
      createdAt: 0,
      status: 'pending',
      isSending: false,
      canEdit: true,
      attempts: 0,
      reason: null,
      retryAtMs: null,
    } as const satisfies OwnPost;
    expect(describePost({ ...post, isSending: true }, false, 0)).toBe('Sending …');
    expect(describePost(post, true, 0)).toMatch(/back online/);
    expect(describePost({ ...post, retryAtMs: 4_200 }, false, 1_000)).toMatch(/in 4 s/);
    expect(describePost({ ...post, status: 'rate_limited', retryAtMs: 9_000 }, false, 0)).toMatch(/in 9 s/);
    const reason = { code: 'CONTENT_VIOLATION', message: 'No.' };
    expect(describePost({ ...post, status: 'rejected', reason }, false, 0)).toMatch(/against the rules/);
    expect(
      describePost({ ...post, status: 'failed', reason: { code: 'NEW', message: 'Odd.' } }, false, 0),
    ).toMatch(/Odd\./);
  });
});
