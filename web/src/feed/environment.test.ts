import { expect, test } from 'vitest';
import { newUuid } from './environment';

test('ids are UUIDs of version 7, and say when they were made', () => {
  for (const now of [0, 1, 0xffff, 0x10000, 1_795_000_000_123, 2 ** 48 - 1]) {
    const id = newUuid(now);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(now);
  }
});

test('no two are the same, made in the same millisecond', () => {
  expect(new Set(Array.from({ length: 1000 }, () => newUuid(1))).size).toBe(1000);
});
