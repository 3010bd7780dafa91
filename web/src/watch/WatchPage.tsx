import { useEffect } from 'react';
import { MessagePage } from '../MessagePage';
import { strings } from '../strings';
import { Chat } from './Chat';
import { Stage } from './Stage';
import { useFeed } from './useFeed';

/** A stream and the conversation beside it. */
export function WatchPage({ streamId }: { streamId: string }) {
  const { feed, state } = useFeed(streamId);
  const title = state.stream?.title ?? streamId;
  const status = state.stream?.status ?? null;

  useEffect(() => {
    document.title = `${title} · ${strings.product}`;
  }, [title]);

  if (state.lookup === 'missing') return <MessagePage text={strings.noSuchStream} />;
  return (
    <>
      <a className="skip-link" href="#comment-box">
        {strings.skipToComposer}
      </a>
      <main className="watch">
        <Stage
          title={title}
          description={state.stream?.description ?? null}
          status={status}
          viewers={state.viewers}
        />
        <Chat feed={feed} state={state} status={status} />
      </main>
    </>
  );
}
