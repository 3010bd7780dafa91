import { describe, expect, test } from 'vitest';
import type { Comment } from './protocol';
import { aComment, randomFrom, seeds, shuffled } from './testing/data';
import { type Entry, maxComments, mergeBatch } from './timeline';

const ids = (entries: readonly Entry[]) => entries.map((entry) => entry.comment.id);

describe('timeline', () => {
  test('comments stand in log order, whatever their times and ids say', () => {
    const late = aComment(1, { createdAt: 2_000 });
    const early = aComment(2, { createdAt: 1_000 });
    expect(ids(mergeBatch(mergeBatch([], [late], '1-7'), [early], '1-8'))).toEqual(['1', '2']);
    expect(ids(mergeBatch(mergeBatch([], [early], '1-8'), [late], '1-7'))).toEqual(['1', '2']);
  });

  test('sequences are compared as numbers', () => {
    expect(ids(mergeBatch(mergeBatch([], [aComment(10)], '1-10'), [aComment(9)], '1-9'))).toEqual([
      '9',
      '10',
    ]);
  });

  test('a repeated comment stays once and the list stays the same object', () => {
    const entries = mergeBatch([], [aComment(1), aComment(2)], '1-2');
    expect(mergeBatch(entries, [aComment(2)], '1-2')).toBe(entries);
    expect(mergeBatch(entries, [aComment(1), aComment(2)], '1-2')).toBe(entries);
  });

  test('an own post answered before its neighbours arrive ends up between them', () => {
    const own = mergeBatch([], [aComment(2)], '1-2');
    expect(ids(mergeBatch(own, [aComment(1), aComment(2), aComment(3)], '1-3'))).toEqual(['1', '2', '3']);
  });

  test('a later epoch comes after an earlier one', () => {
    const entries = mergeBatch([], [aComment(1)], '2-1');
    expect(ids(mergeBatch(entries, [aComment(2)], '1-900'))).toEqual(['2', '1']);
  });

  test('the newest 500 stay', () => {
    const comments = Array.from({ length: maxComments + 20 }, (_, index) => aComment(index));
    const entries = mergeBatch([], comments, '1-600');
    expect(entries).toHaveLength(maxComments);
    expect(entries[0]?.comment.id).toBe('20');
    expect(mergeBatch(entries, [aComment(3)], '1-4')).toHaveLength(maxComments);
  });

  test.each(seeds(200))(
    'any mix of overlapping, repeated, shuffled batches gives the log: seed %i',
    (seed) => {
      const random = randomFrom(seed);
      const upTo = (limit: number) => Math.floor(random() * limit);

      // The log: sequences with holes (other events stand there), ids that don't follow the order.
      const length = 1 + upTo(80);
      const names = shuffled(
        Array.from({ length }, (_, index) => index),
        random,
      );
      let sequence = 0;
      const log = names.map((name) => {
        sequence += 1 + upTo(3);
        return { comment: aComment(name, { createdAt: upTo(1_000_000) }), sequence };
      });

      // Batches: pieces that cover all of it, pieces at random, some single ones as answers to own posts.
      const pieces: { comments: Comment[]; sequence: number }[] = [];
      const cut = (from: number, to: number) => {
        const part = log.slice(from, to);
        const last = part.at(-1);
        if (last) pieces.push({ comments: part.map((item) => item.comment), sequence: last.sequence });
      };
      for (let from = 0; from < length; ) {
        const to = from + 1 + upTo(10);
        cut(from, to);
        from = to;
      }
      for (let extra = upTo(15); extra > 0; extra--) {
        const from = upTo(length);
        cut(from, from + 1 + upTo(random() < 0.5 ? 1 : 30));
      }

      let entries: readonly Entry[] = [];
      for (const piece of shuffled([...pieces, ...pieces.filter(() => random() < 0.3)], random)) {
        entries = mergeBatch(entries, piece.comments, `1-${piece.sequence}`);
        const order = ids(entries).map((id) => names.indexOf(Number(id)));
        expect(order, `in log order at every step; seed ${seed}`).toEqual([...order].sort((a, b) => a - b));
      }
      expect(ids(entries), `whole; seed ${seed}`).toEqual(names.map(String));
    },
  );
});
