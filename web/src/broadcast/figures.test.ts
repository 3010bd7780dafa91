import { describe, expect, test } from 'vitest';
import { perMinute, shares } from './figures';

describe('figures', () => {
  test('steps of five minutes are told by the minute', () => {
    expect(perMinute([10, 0], 300)).toEqual([2, 0]);
  });

  test('shares are of what people tried to post, and none where nobody tried', () => {
    expect(
      shares({ comments: [6, 0], held: [3, 0], approved: [1, 0], rejected: [1, 0], dropped: [1, 0] }),
    ).toEqual({ held: [0.3, null], rejected: [0.2, null] });
  });
});
