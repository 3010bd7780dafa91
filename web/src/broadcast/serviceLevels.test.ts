import { describe, expect, test } from 'vitest';
import { duration, rowsOf } from './serviceLevels';

describe('service levels', () => {
  test('durations are said as short as they are', () => {
    expect([0.9, 84.6, 999, 1_234, 58_000].map(duration)).toEqual([
      '1 ms',
      '85 ms',
      '999 ms',
      '1.2 s',
      '58.0 s',
    ]);
  });

  test('beyond the last bucket nobody knows how long it was, and without any value there is none', () => {
    expect(duration(60_000)).toBe('≥ 1 min');
    expect(duration(null)).toBe('–');
  });

  test('the table has what the service measures, what pages say, and removals', () => {
    const none = { count: 0, p50Ms: null, p95Ms: null, p99Ms: null };
    const rows = rowsOf({
      delivery: { count: 12, p50Ms: 20, p95Ms: 90, p99Ms: 1_500 },
      painted: none,
      retraction: none,
    });
    expect(rows[0]).toEqual({
      name: 'Written to viewers',
      p50: '20 ms',
      p95: '90 ms',
      p99: '1.5 s',
      count: '12',
    });
    expect(rows.map(({ name }) => name)).toEqual(['Written to viewers', 'Painted by pages', 'Removals told']);
    expect(rows[2]?.p99).toBe('–');
  });
});
