import { useCallback, useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { type Feed, keepSession, keptSession, openFeed, type Session } from '../feed';
import { MessagePage } from '../MessagePage';
import { strings } from '../strings';
import { TopBar } from '../TopBar';
import { Chat } from './Chat';
import { part } from './part';
import { Stage } from './stage/Stage';
import { transportFrom } from './transport';
import { type Question, type Watching, WatchingContext } from './watching';

const CommentDialog = part(() => import('./dialogs/CommentDialog').then((module) => module.CommentDialog));

// Of those who moderate: nobody else loads any of it.
const ModerationPanel = part(() =>
  import('../moderation/ModerationPanel').then((module) => module.ModerationPanel),
);

/** A word about what didn't happen stays as long as it takes to read. */
const noteMs = 6_000;

/** A stream and the conversation beside it. */
export function WatchPage({ streamId }: { streamId: string }) {
  const [feed, setFeed] = useState<Feed | null>(null);
  const [session, setSession] = useState(keptSession);

  // One feed for as long as the page stands. Whoever joins or leaves meanwhile is told to it, not a reason for another.
  useEffect(() => {
    const opened = openFeed({ streamId, session: keptSession(), transport: transportFrom(location.search) });
    setFeed(opened);
    return opened.close;
  }, [streamId]);

  const changeSession = useCallback(
    (changed: Session | null) => {
      keepSession(changed);
      setSession(changed);
      feed?.setSession(changed);
    },
    [feed],
  );

  // One frame at most: the page's frame stands still meanwhile.
  return feed ? <WatchedStream feed={feed} session={session} onSession={changeSession} /> : <TopBar />;
}

/** The box to write in, or the one to join by. */
function focusCommentBox() {
  document.querySelector<HTMLElement>('#comment-box :is(input, textarea)')?.focus();
}

interface WatchedStreamProps {
  feed: Feed;
  session: Session | null;
  onSession(session: Session | null): void;
}

function WatchedStream({ feed, session, onSession }: WatchedStreamProps) {
  const isMissing = useStore(feed.store, (state) => state.lookup === 'missing');
  const title = useStore(feed.store, (state) => state.stream?.title) ?? feed.streamId;
  const [whyJoin, setWhyJoin] = useState<{ text: string } | null>(null);
  const [note, setNote] = useState<{ text: string } | null>(null);
  const mayModerate = useStore(feed.store, (state) => state.rights?.mayModerate ?? false);
  const [isModerating, setModerating] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);

  useEffect(() => {
    if (!isMissing) document.title = `${title} · ${strings.product}`;
  }, [title, isMissing]);

  useEffect(() => {
    if (!note) return;
    const timer = setTimeout(() => setNote(null), noteMs);
    return () => clearTimeout(timer);
  }, [note]);

  const watching = useMemo<Watching>(
    () => ({
      feed,
      session,
      tell: (text) => setNote({ text }),
      askToJoin: (text) => setWhyJoin({ text }),
      askAbout: setQuestion,
    }),
    [feed, session],
  );

  if (isMissing) return <MessagePage text={strings.noSuchStream} />;
  return (
    <WatchingContext value={watching}>
      <button type="button" className="skip-link" onClick={focusCommentBox}>
        {strings.skipToComposer}
      </button>
      <div className="watch">
        <TopBar>
          {mayModerate && (
            <button
              type="button"
              className="secondary"
              aria-expanded={isModerating}
              onPointerEnter={ModerationPanel.prepare}
              onClick={() => setModerating(!isModerating)}
            >
              {strings.moderate}
            </button>
          )}
        </TopBar>
        <main className="watch-main">
          <Stage />
          <Chat
            whyJoin={whyJoin}
            onSession={(changed) => {
              setWhyJoin(null);
              onSession(changed);
            }}
          />
          {mayModerate && isModerating && <ModerationPanel onClose={() => setModerating(false)} />}
        </main>
      </div>
      {question && <CommentDialog question={question} onClose={() => setQuestion(null)} />}
      <p className="note" role="status">
        {note?.text}
      </p>
    </WatchingContext>
  );
}
