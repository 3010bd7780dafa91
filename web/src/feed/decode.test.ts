import { describe, expect, test } from 'vitest';
import { decodeMessage, decodeProblem } from './decode';

describe('decoding', () => {
  // As Fanout writes them: the payload of stream_state is the stream itself, under `id`.
  test.each([
    [
      'stream_state',
      '{"type":"stream_state","payload":{"id":"demo","title":"Launch","creatorId":"7","status":"ended","startedAt":1,"endedAt":2}}',
    ],
    [
      'stream_state',
      '{"type":"stream_state","payload":{"streamId":"demo","id":"demo","title":"Launch","creatorId":"7","status":"live","startedAt":1,"endedAt":null,"settings":{"slowModeSeconds":30,"commentsOff":false,"emoteOnly":false,"shieldMode":false}}}',
    ],
    [
      'comment_reviewed',
      '{"type":"comment_reviewed","payload":{"streamId":"demo","commentId":"7","status":"rejected","note":null}}',
    ],
    ['reset', '{"type":"reset","payload":{"streamId":"demo","reason":"too_far_behind"}}'],
    [
      'comments_batch',
      '{"type":"comments_batch","payload":{"streamId":"demo","comments":[],"isBackfill":true,"cursor":"1-0","previousCursor":null,"omitted":0}}',
    ],
    [
      'comments_batch',
      '{"type":"comments_batch","payload":{"streamId":"demo","comments":[{"id":"1","streamId":"demo","userId":"7","username":"ada","content":"hi","mentions":[],"isHighlighted":false,"isPinned":false,"isPaid":false,"reactionCounts":{},"createdAt":1,"receivedAt":1}],"isBackfill":false,"cursor":"1-9","previousCursor":"1-7","omitted":0}}',
    ],
  ])('%s is understood', (type, text) => expect(decodeMessage(text).message?.type).toBe(type));

  test.each([
    '',
    'null',
    '[]',
    '{"type":"comments_batch"',
    '{"type":"comments_batch","payload":null}',
    '{"type":"comments_batch","payload":{"streamId":"demo","comments":[],"cursor":"x"}}',
    '{"type":"comments_batch","payload":{"streamId":"demo","comments":[{"id":1}],"cursor":"1-1"}}',
    '{"type":"stream_state","payload":{"id":"demo","title":"Launch","status":"on fire"}}',
    '{"type":"comment_reviewed","payload":{"streamId":"demo","commentId":"7","status":"lost"}}',
    '{"type":"from_the_future","payload":{"streamId":"demo"}}',
  ])('%s is passed over', (text) => expect(decodeMessage(text).message).toBeNull());

  test('an error page of a proxy is no problem document', () => {
    expect(decodeProblem('<html>502</html>')).toBeNull();
    expect(decodeProblem('{"title":"No","status":422,"code":"CONTENT_INVALID"}')?.code).toBe(
      'CONTENT_INVALID',
    );
  });
});
