import { useEffect, useState } from 'react';
import { getStream, type StreamInfo } from '../feed';
import { MessagePage } from '../MessagePage';
import { strings } from '../strings';
import { Chat } from './Chat';
import { Stage } from './Stage';
import { useFeed } from './useFeed';

/** A stream and the conversation beside it. */
export function WatchPage({ streamId }: { streamId: string }) {
  const lookup = useStream(streamId);
  return lookup === 'missing' ? (
    <MessagePage text={strings.noSuchStream} />
  ) : (
    <WatchedStream streamId={streamId} info={lookup} />
  );
}

function WatchedStream({ streamId, info }: { streamId: string; info: StreamInfo | null }) {
  const { feed, state } = useFeed(streamId);
  const title = state.title ?? info?.title ?? streamId;
  const status = state.status ?? info?.status ?? null;

  useEffect(() => {
    document.title = `${title} · ${strings.product}`;
  }, [title]);

  return (
    <>
      <a className="skip-link" href="#comment-box">
        {strings.skipToComposer}
      </a>
      <main className="watch">
        <Stage
          title={title}
          description={info?.description ?? null}
          status={status}
          viewers={state.viewers}
        />
        <Chat feed={feed} state={state} status={status} />
      </main>
    </>
  );
}

/** What the service knows of the stream. Live comments don't wait for it: it may be away while they go on. */
function useStream(streamId: string): StreamInfo | 'missing' | null {
  const [lookup, setLookup] = useState<StreamInfo | 'missing' | null>(null);
  useEffect(() => {
    let current = true;
    getStream(streamId).then((answer) => {
      if (!current) return;
      if (answer.ok) setLookup(answer.value);
      else if (answer.code === 'STREAM_NOT_FOUND') setLookup('missing');
    });
    return () => {
      current = false;
    };
  }, [streamId]);
  return lookup;
}
