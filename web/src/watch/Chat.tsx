import { useEffect, useState } from 'react';
import {
  type Feed,
  type FeedState,
  keepSession,
  keptSession,
  type Session,
  type StreamStatus,
} from '../feed';
import { strings } from '../strings';
import { CommentList } from './CommentList';
import { Composer } from './Composer';
import { ConnectionBadge } from './ConnectionBadge';
import { JoinForm } from './JoinForm';

interface ChatProps {
  feed: Feed | null;
  state: FeedState;
  status: StreamStatus | null;
}

/** The conversation: who reads, joins and writes. */
export function Chat({ feed, state, status }: ChatProps) {
  const [session, setSession] = useState<Session | null>(keptSession);
  const [isSessionOver, setSessionOver] = useState(false);
  // Outlives a session that ends while its author is writing.
  const [draft, setDraft] = useState('');

  useEffect(() => {
    keepSession(session);
    feed?.setSession(session);
  }, [feed, session]);
  useEffect(() => {
    if (!state.isSessionOver) return;
    setSession(null);
    setSessionOver(true);
  }, [state.isSessionOver]);

  const leave = (because: 'own will' | 'refused') => {
    setSession(null);
    setSessionOver(because === 'refused');
  };

  return (
    <section className="chat" aria-label={strings.chat}>
      <header className="chat-header">
        <h2>{strings.chat}</h2>
        <ConnectionBadge state={state.connection} onRetry={() => feed?.retryNow()} />
      </header>
      {state.interruption && (
        <p className="notice" role="status">
          {strings.interruption[state.interruption]}
          <button type="button" className="quiet" onClick={() => feed?.dismissInterruption()}>
            {strings.dismiss}
          </button>
        </p>
      )}
      <CommentList
        entries={state.entries}
        ownUserId={session?.user.id ?? null}
        isConnected={state.connection.name === 'open'}
      />
      <footer className="chat-footer" id="comment-box">
        {status === 'ended' && <p className="notice">{strings.ended}</p>}
        {status !== 'ended' && feed && session && (
          <Composer
            feed={feed}
            posts={state.posts}
            session={session}
            draft={draft}
            onDraft={setDraft}
            onLeave={() => leave('own will')}
          />
        )}
        {status !== 'ended' && !session && (
          <JoinForm
            notice={isSessionOver ? strings.sessionOver : null}
            onJoined={(joined) => {
              setSession(joined);
              setSessionOver(false);
            }}
          />
        )}
      </footer>
    </section>
  );
}
