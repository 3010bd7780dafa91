import { describe, expect, test } from 'vitest';
import { readRetryAfter } from './api';
import { contentLength, PostKeys } from './posting';

describe('posting', () => {
  test('the same text sent again after a failure keeps its key; other text gets another', () => {
    const keys = new PostKeys();
    const first = keys.keyFor('hi');
    expect(keys.keyFor('hi')).toBe(first);
    expect(keys.keyFor('hi!')).not.toBe(first);
  });

  test('the same text after it was accepted is a new post', () => {
    const keys = new PostKeys();
    const first = keys.keyFor('hi');
    keys.settle();
    expect(keys.keyFor('hi')).not.toBe(first);
  });

  test('length is counted as a reader sees it, after trimming', () => {
    expect(contentLength('  hi \n')).toBe(2);
    expect(contentLength('👨‍👩‍👧‍👦é')).toBe(2);
  });

  test('Retry-After is read as seconds or as a date', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(readRetryAfter('12', now)).toBe(12_000);
    expect(readRetryAfter('Thu, 01 Jan 2026 00:00:03 GMT', now)).toBe(3_000);
    expect(readRetryAfter('Wed, 31 Dec 2025 00:00:03 GMT', now)).toBe(0);
    expect(readRetryAfter('soon', now)).toBeNull();
    expect(readRetryAfter(null, now)).toBeNull();
  });
});
