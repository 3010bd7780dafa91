import { describe, expect, test } from 'vitest';
import { readRetryAfter } from './api';
import { contentLength } from './content';

describe('content', () => {
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
