import { openFeed } from '@live-comments/feed';

/** A stream's live comments as lines of a list. */
export function showComments(list: Element, streamId: string): () => void {
  const feed = openFeed({ streamId });
  const show = () => {
    const { entries, connection } = feed.store.getState();
    const lines = entries.map(({ comment }) => {
      const line = list.ownerDocument.createElement('li');
      line.append(`${comment.username}: ${comment.content}`);
      return line;
    });
    list.replaceChildren(...lines);
    list.setAttribute('data-connection', connection.name);
    feed.painted();
  };
  const stop = feed.store.subscribe(show);
  show();
  return () => [stop(), feed.close()];
}
