import { describe, expect, test } from 'vitest';
import type { ServerMessage } from './protocol';
import { createFeedStore } from './store';
import { aBatch, aComment, randomFrom, seeds } from './testing/data';

const ids = (store: ReturnType<typeof createFeedStore>) =>
  store.getState().entries.map((entry) => entry.comment.id);

describe('feed store', () => {
  test('an own post is shown once, whether its answer or the stream is first', () => {
    const answerFirst = createFeedStore('demo');
    answerFirst.receivePosted({ ...aComment(5), cursor: '1-5' });
    answerFirst.receive(aBatch([aComment(4), aComment(5)], 5));
    expect(ids(answerFirst)).toEqual(['4', '5']);

    const streamFirst = createFeedStore('demo');
    streamFirst.receive(aBatch([aComment(4), aComment(5)], 5));
    streamFirst.receivePosted({ ...aComment(5), cursor: '1-5' });
    expect(ids(streamFirst)).toEqual(['4', '5']);
  });

  test('a reset drops everything and says so; the backfill that follows is the new list', () => {
    const store = createFeedStore('demo');
    store.receive(aBatch([aComment(1), aComment(2)], 900));
    store.receive({ type: 'reset', payload: { streamId: 'demo', reason: 'new_epoch' } });
    expect(store.getState()).toMatchObject({ entries: [], interruption: 'new_epoch' });
    store.receive(aBatch([aComment(1)], 3, { cursor: '2-3', isBackfill: true }));
    expect(ids(store)).toEqual(['1']);
  });

  test('a comment taken back goes, and nothing that comes late brings it again', () => {
    const store = createFeedStore('demo');
    store.receive(aBatch([aComment(1), aComment(2), aComment(3)], 3));
    store.receive({ type: 'comment_removed', payload: { streamId: 'demo', commentId: '2' } });
    expect(ids(store)).toEqual(['1', '3']);
    store.receive(aBatch([aComment(2), aComment(3), aComment(4)], 4, { isBackfill: true }));
    store.receivePosted({ ...aComment(2), cursor: '1-2' });
    expect(ids(store)).toEqual(['1', '3', '4']);

    const beforeItsAnswer = createFeedStore('demo');
    beforeItsAnswer.receive({
      type: 'comment_removed',
      payload: { streamId: 'demo', commentId: '5' },
    });
    beforeItsAnswer.receivePosted({ ...aComment(5), cursor: '1-5' });
    expect(ids(beforeItsAnswer)).toEqual([]);
  });

  test('what belongs to another stream is left alone', () => {
    const store = createFeedStore('demo');
    store.receive(aBatch([aComment(1)], 1, { streamId: 'other' }));
    store.receive({ type: 'stream_state', payload: { id: 'other', title: 'Other', status: 'ended' } });
    expect(store.getState().stream).toBeNull();
    store.receivePosted({ ...aComment(2, { streamId: 'other' }), cursor: '1-2' });
    expect(ids(store)).toEqual([]);
  });

  test('viewers, state and gaps are kept', () => {
    const store = createFeedStore('demo');
    store.receive({ type: 'viewer_count', payload: { streamId: 'demo', count: 7 } });
    store.receive({ type: 'stream_state', payload: { id: 'demo', title: 'Launch', status: 'ended' } });
    store.receive({ type: 'gap', payload: { streamId: 'demo', after: '1-1', until: '1-5' } });
    expect(store.getState()).toMatchObject({
      viewers: 7,
      stream: { status: 'ended', title: 'Launch' },
      interruption: 'gap',
    });
  });

  test.each(seeds(100))(
    'resumed again and again, with resets between, it holds the log’s end: seed %i',
    (seed) => {
      const random = randomFrom(seed);
      const upTo = (limit: number) => Math.floor(random() * limit);
      const store = createFeedStore('demo');
      const log: number[] = [];
      let nextId = 0;
      let epoch = 1;
      let delivered = 0;
      let from = 0;
      const send = (start: number, isBackfill: boolean) => {
        const message: ServerMessage = aBatch(
          log.slice(start).map((id) => aComment(id)),
          log.length,
          { cursor: `${epoch}-${log.length}`, isBackfill },
        );
        store.receive(message);
        delivered = log.length;
      };
      for (let step = 0; step < 60; step++) {
        for (let count = upTo(6); count > 0; count--) log.push(nextId++);
        const kind = random();
        if (kind < 0.1) {
          // The log went backwards: a new epoch, some of the comments under new places.
          log.length = upTo(log.length + 1);
          epoch++;
          store.receive({ type: 'reset', payload: { streamId: 'demo', reason: 'new_epoch' } });
          from = Math.max(0, log.length - 50);
          send(from, true);
        } else if (kind < 0.3) {
          // Resumed from an older place: comments come again.
          const start = Math.max(from, delivered - upTo(5));
          send(start, false);
        } else {
          send(delivered, false);
        }
        expect(ids(store), `seed ${seed}, step ${step}`).toEqual(log.slice(from).slice(-500).map(String));
      }
    },
  );
});
