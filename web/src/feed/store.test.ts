import { describe, expect, test } from 'vitest';
import type { ServerMessage } from './protocol';
import type { FeedState } from './state';
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

  test('a comment that was hidden and brought back is shown, where it lies now', () => {
    const store = createFeedStore('demo');
    store.receive(aBatch([aComment(1), aComment(2), aComment(3)], 3));
    const hide = { type: 'comment_removed', payload: { streamId: 'demo', commentId: '2' } } as const;
    store.receive(hide);
    store.receive(aBatch([aComment(2, { restoredFrom: '1-2' })], 5));
    expect(ids(store)).toEqual(['1', '3', '2']);
    // What was sent before comes late, and changes nothing.
    store.receive(aBatch([aComment(1), aComment(2), aComment(3)], 3, { isBackfill: true }));
    expect(ids(store)).toEqual(['1', '3', '2']);
    store.receive(hide);
    store.receive(aBatch([aComment(2, { restoredFrom: '1-2' })], 5));
    expect(ids(store)).toEqual(['1', '3']);
    store.receive(aBatch([aComment(2, { restoredFrom: '1-5' })], 7));
    expect(ids(store)).toEqual(['1', '3', '2']);
  });

  test('what belongs to another stream is left alone', () => {
    const store = createFeedStore('demo');
    store.receive(aBatch([aComment(1)], 1, { streamId: 'other' }));
    store.receive({ type: 'stream_state', payload: { id: 'other', title: 'Other', status: 'ended' } });
    expect(store.getState().stream).toBeNull();
    store.receivePosted({ ...aComment(2, { streamId: 'other' }), cursor: '1-2' });
    expect(ids(store)).toEqual([]);
  });

  test('what the service says of its load holds until it says that all is well', () => {
    const store = createFeedStore('demo');
    const state = { id: 'demo', title: 'Launch', status: 'live' } as const;
    const load = { level: 'busy', batchIntervalMs: 200, commentsPerSecond: 50 } as const;
    store.receive({ type: 'stream_state', payload: { ...state, load } });
    store.receive({ type: 'stream_state', payload: { ...state, status: 'ended' } });
    expect(store.getState()).toMatchObject({ load, stream: { status: 'ended' } });
    expect(store.snapshot().load).toEqual(load);
    store.receive({ type: 'stream_state', payload: { ...state, load: { ...load, level: 'normal' } } });
    expect(store.getState().load).toBeNull();
  });

  test('settings hold until others come', () => {
    const store = createFeedStore('demo');
    const settings = { slowModeSeconds: 30 } as NonNullable<FeedState['settings']>;
    const state = { id: 'demo', title: 'Launch', status: 'live' } as const;
    store.receive({ type: 'stream_state', payload: { ...state, settings } });
    store.receive({ type: 'stream_state', payload: { ...state, status: 'ended' } });
    expect(store.getState()).toMatchObject({ settings, stream: { status: 'ended' } });
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

describe('what is shown beside the comments', () => {
  const reactions = (counts: Record<string, number>): ServerMessage => ({
    type: 'reactions_batch',
    payload: { streamId: 'demo', counts, timestamp: 1 },
  });
  const updated = (commentId: string, reactionChanges: Record<string, number>): ServerMessage => ({
    type: 'comment_updated',
    payload: { streamId: 'demo', commentId, reactionChanges },
  });
  const countsOf = (store: ReturnType<typeof createFeedStore>, id: string) =>
    store.getState().entries.find(({ comment }) => comment.id === id)?.comment.reactionCounts;

  test('own taps are counted and float once, although they come back in everybody’s', () => {
    const store = createFeedStore('demo');
    const bursts: unknown[] = [];
    store.onReactions((burst) => bursts.push(burst));
    store.tap('love');
    store.tap('love');
    expect(store.getState().reactions).toEqual({ counts: { love: 2 }, total: 2 });
    store.receive(reactions({ love: 5, like: 1 }));
    expect(store.getState().reactions).toEqual({ counts: { love: 5, like: 1 }, total: 6 });
    expect(bursts).toEqual([
      { counts: { love: 1 }, isMine: true },
      { counts: { love: 1 }, isMine: true },
      { counts: { love: 3, like: 1 }, isMine: false },
    ]);
  });

  test('taps that the service absorbed are taken out of the count again', () => {
    let now = 0;
    const store = createFeedStore('demo', () => now);
    store.tap('love');
    now = 60_000;
    store.tick();
    expect(store.getState().reactions).toEqual({ counts: {}, total: 0 });
  });

  test('an own reaction to a comment counts once, whichever of answer and echo is first', () => {
    const store = createFeedStore('demo');
    store.receive(aBatch([aComment(1, { reactionCounts: { like: 3 } })], 1));
    store.receiveMine('1', []);
    const answer = {
      streamId: 'demo',
      commentId: '1',
      reactionType: 'like' as const,
      isSet: true,
      reactionCounts: { like: 4 },
      mine: ['like'],
    };
    store.expectReaction('1', 'like', true);
    expect(countsOf(store, '1')).toEqual({ like: 4 });
    expect(store.getState().myReactions).toEqual({ '1': ['like'] });
    store.receiveReaction(answer, true);
    store.receive(updated('1', { like: 2 }));
    expect(countsOf(store, '1')).toEqual({ like: 5 });

    store.expectReaction('1', 'like', false);
    store.receive(updated('1', { like: -1 }));
    store.receiveReaction({ ...answer, isSet: false, reactionCounts: { like: 4 }, mine: [] }, true);
    expect(countsOf(store, '1')).toEqual({ like: 4 });
    expect(store.getState().myReactions).toEqual({ '1': [] });
  });

  test('a reaction that is refused is taken back, with what it changed', () => {
    const store = createFeedStore('demo');
    store.receive(aBatch([aComment(1)], 1));
    const takeBack = store.expectReaction('1', 'wow', true);
    takeBack();
    expect(countsOf(store, '1')).toEqual({});
    expect(store.getState().myReactions).toEqual({});
    store.receive(updated('1', { wow: 1 }));
    expect(countsOf(store, '1')).toEqual({ wow: 1 });
  });

  test('a stream that leaves comments out says how many, until it shows all again', () => {
    let now = 0;
    const store = createFeedStore('demo', () => now);
    store.receive(aBatch([aComment(1)], 1, { omitted: 100, isBackfill: true }));
    expect(store.getState().sampling).toBeNull();
    store.receive(aBatch([aComment(2)], 20, { omitted: 13 }));
    expect(store.getState().sampling).toEqual({ shown: 1, posted: 14 });
    now = 5_000;
    store.receive(aBatch([aComment(3)], 30, { omitted: 5 }));
    expect(store.getState().sampling).toEqual({ shown: 2, posted: 20 });
    now = 20_000;
    store.tick();
    expect(store.getState().sampling).toBeNull();
  });

  test('the entry behind a gap says so, also when it comes later', () => {
    const store = createFeedStore('demo');
    store.receive(aBatch([aComment(1)], 5));
    store.receive({ type: 'gap', payload: { streamId: 'demo', after: '1-5', until: '1-9' } });
    store.receive(aBatch([aComment(2), aComment(3)], 12));
    expect(store.getState().entries.map(({ gapBefore }) => gapBefore)).toEqual([false, true, false]);
  });

  test('who speaks is first among those whom one may mention, each once', () => {
    const store = createFeedStore('demo');
    const by = (name: string, id: number) => aComment(id, { userId: name, username: name });
    store.receive(aBatch([by('ada', 1), by('grace', 2), by('ada', 3)], 3));
    expect(store.getState().people.map(({ username }) => username)).toEqual(['ada', 'grace']);
    store.receive(aBatch([by('linus', 4), by('grace', 5)], 5));
    expect(store.getState().people.map(({ username }) => username)).toEqual(['grace', 'linus', 'ada']);
  });

  test('open threads grow with live answers and lose deleted ones', () => {
    const store = createFeedStore('demo');
    const reply = (id: number) => aComment(id, { parentId: '1' });
    store.setThread('1', 'loading');
    store.receive(aBatch([reply(4)], 4));
    store.receiveReplies('1', { comments: [reply(2), reply(3)], next: null });
    store.receive(aBatch([reply(4), reply(5), aComment(6, { parentId: 'other' })], 6));
    const thread = () => store.getState().threads['1'];
    expect(thread()?.replies.map(({ id }) => id)).toEqual(['2', '3', '4', '5']);
    expect(thread()?.state).toBe('loaded');
    store.remove('3');
    expect(thread()?.replies.map(({ id }) => id)).toEqual(['2', '4', '5']);
    expect(Object.keys(store.getState().threads)).toEqual(['1']);
  });

  test('the newest pinned comment stays on top until it is taken back', () => {
    const store = createFeedStore('demo');
    store.receive(aBatch([aComment(1, { isPinned: true }), aComment(2, { isPinned: true })], 2));
    store.receive(
      aBatch(
        Array.from({ length: 600 }, (_, index) => aComment(index + 10)),
        900,
      ),
    );
    expect(store.getState().pinned?.id).toBe('2');
    store.receive({ type: 'comment_removed', payload: { streamId: 'demo', commentId: '2' } });
    expect(store.getState().pinned).toBeNull();
  });

  const marked = (
    commentId: string,
    mark: { isPinned?: boolean; isHighlighted?: boolean },
  ): ServerMessage => ({
    type: 'comment_updated',
    payload: { streamId: 'demo', commentId, reactionChanges: {}, ...mark },
  });

  test('a comment is pinned and highlighted live, wherever it is shown, and no longer when that is taken back', () => {
    const store = createFeedStore('demo');
    store.receive(aBatch([aComment(1), aComment(2)], 2));
    store.receive(marked('1', { isPinned: true }));
    store.receive(marked('2', { isHighlighted: true }));
    expect(store.getState().pinned).toMatchObject({ id: '1', isPinned: true });
    expect(store.getState().entries.map(({ comment }) => [comment.isPinned, comment.isHighlighted])).toEqual([
      [true, false],
      [false, true],
    ]);
    store.receive(marked('1', { isHighlighted: true }));
    expect(store.getState().pinned).toMatchObject({ isHighlighted: true });
    store.receive(marked('1', { isPinned: false }));
    store.receive(marked('2', { isPinned: true }));
    expect(store.getState().pinned?.id).toBe('2');
    expect(store.getState().entries[0]?.comment).toMatchObject({ isPinned: false, isHighlighted: true });
  });

  test('a page of history, or a batch that comes late, undoes no mark', () => {
    const store = createFeedStore('demo');
    store.receive(marked('1', { isPinned: true, isHighlighted: true }));
    store.receive(aBatch([aComment(1), aComment(2)], 2));
    store.receiveCounts([aComment(1), aComment(2, { isHighlighted: true })]);
    expect(store.getState().entries.map(({ comment }) => comment.isHighlighted)).toEqual([true, true]);
    expect(store.getState().pinned?.id).toBe('1');
    // Another tab begins with what this one knows.
    const other = createFeedStore('demo');
    other.load(store.snapshot());
    other.receiveOlder({ comments: [aComment(1, { cursor: '1-1' })], next: null });
    expect(other.getState().pinned).toMatchObject({ id: '1', isHighlighted: true });
  });

  test('what is pinned is told at the beginning, unless something newer overtook the answer', () => {
    const store = createFeedStore('demo');
    store.receivePinned(aComment(7, { isPinned: true }), store.pinChanges());
    expect(store.getState().pinned?.id).toBe('7');
    const asOf = store.pinChanges();
    store.receive(marked('7', { isPinned: false }));
    store.receivePinned(aComment(7, { isPinned: true }), asOf);
    expect(store.getState().pinned).toBeNull();
    store.receivePinned(aComment(8, { isPinned: true }), store.pinChanges());
    store.receive({ type: 'comment_removed', payload: { streamId: 'demo', commentId: '8' } });
    store.receivePinned(aComment(8, { isPinned: true }), store.pinChanges());
    expect(store.getState().pinned).toBeNull();
  });

  test('a reader who goes back keeps what was loaded, and lets go of it at the end again', () => {
    const store = createFeedStore('demo');
    const placed = (id: number) => aComment(id, { cursor: `1-${id}` });
    store.receive(
      aBatch(
        Array.from({ length: 500 }, (_, index) => aComment(index + 501)),
        1000,
      ),
    );
    store.setAtEnd(false);
    expect(store.receiveOlder({ comments: [placed(500), placed(499)], next: '1-499' })).toBe(true);
    expect(store.receiveOlder({ comments: [placed(499)], next: '1-499' })).toBe(false);
    store.receive(aBatch([aComment(1001)], 1001));
    expect(store.getState()).toMatchObject({ older: 'more' });
    expect(ids(store)).toHaveLength(503);
    expect(ids(store)[0]).toBe('499');
    store.receiveOlder({ comments: [placed(498)], next: null });
    expect(store.getState().older).toBe('none');
    store.setAtEnd(true);
    expect(ids(store)).toHaveLength(500);
    expect(store.getState().older).toBe('more');
  });
});
