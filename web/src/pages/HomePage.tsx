import { useEffect } from 'react';
import { strings } from '../strings';
import { TopBar } from '../TopBar';
import '../styles/home.css';
import { StreamCard } from './StreamCard';
import { useLiveStreams } from './useLiveStreams';

/** What is live now, and how lively. */
export function HomePage() {
  const { streams, state, hasMore, showMore } = useLiveStreams();
  useEffect(() => {
    document.title = strings.product;
  }, []);
  return (
    <>
      <TopBar />
      <main className="home">
        <h1>{strings.liveNow}</h1>
        {streams.length > 0 && (
          <ul className="stream-grid">
            {streams.map((stream) => (
              <StreamCard key={stream.id} stream={stream} />
            ))}
          </ul>
        )}
        {hasMore && (
          <button type="button" className="secondary" onClick={showMore}>
            {strings.moreStreams}
          </button>
        )}
        <div role="status">
          {state === 'unreachable' && <p className="home-note">{strings.streamsUnreachable}</p>}
          {state === 'loading' && streams.length === 0 && (
            <p className="home-note">{strings.loadingStreams}</p>
          )}
          {state === 'loaded' && streams.length === 0 && (
            <p className="home-note">
              {strings.nothingIsLive}
              <br />
              {strings.nothingIsLiveHint}
            </p>
          )}
        </div>
      </main>
    </>
  );
}
