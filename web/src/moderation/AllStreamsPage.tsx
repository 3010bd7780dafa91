import { useEffect, useState } from 'react';
import { PageLink } from '../pageLink';
import { useLiveStreams } from '../pages/useLiveStreams';
import { strings as pageStrings } from '../strings';
import { TopBar } from '../TopBar';
import { Audit } from './audit/Audit';
import { DeskFrame } from './DeskFrame';
import { Sanctions } from './people/Sanctions';
import { ReviewQueue } from './queue/ReviewQueue';
import { Reports } from './reports/Reports';
import { RulesEditor } from './rules/RulesEditor';
import { SignInForm } from './SignInForm';
import { deskStrings as strings } from './strings';
import { Tabs } from './Tabs';
import { useSession } from './useSession';

/** `/moderation`: what waits on all streams, what admins decide about all of them at once, and the way to each. */
export function AllStreamsPage() {
  const [session, setSession] = useSession();
  useEffect(() => {
    document.title = `${strings.moderationOfAll} · ${pageStrings.product}`;
  }, []);
  const [waiting, setWaiting] = useState<number | null>(null);
  const isAdmin = session?.user.role === 'admin';
  return (
    <div className="desk-page">
      <TopBar />
      <main className={isAdmin ? 'desk-main' : 'desk-gate'}>
        <header className="desk-head">
          <h1>{strings.moderationOfAll}</h1>
          {session && (
            <p className="hint">
              {strings.signedInAs} <bdi>{session.user.displayName || session.user.username}</bdi>{' '}
              <button type="button" className="quiet" onClick={() => setSession(null)}>
                {strings.signOut}
              </button>
            </p>
          )}
        </header>
        {session && isAdmin ? (
          <DeskFrame key={session.user.id} session={session} streamId={null} mayAppoint={false}>
            <Tabs
              label={strings.parts}
              tabs={[
                {
                  id: 'queue',
                  label: strings.queue,
                  count: waiting,
                  render: (isShown) => <ReviewQueue isShown={isShown} onCount={setWaiting} />,
                },
                { id: 'reports', label: strings.reports, render: (isShown) => <Reports isShown={isShown} /> },
                { id: 'streams', label: strings.streams, render: () => <Streams /> },
                { id: 'rules', label: strings.rules, render: (isShown) => <RulesEditor isShown={isShown} /> },
                { id: 'bans', label: strings.bans, render: (isShown) => <Sanctions isShown={isShown} /> },
                { id: 'audit', label: strings.audit, render: (isShown) => <Audit isShown={isShown} /> },
              ]}
            />
          </DeskFrame>
        ) : (
          <SignInForm
            likely="admin"
            why={session ? strings.notAdmin : strings.nobodyHere}
            onSession={setSession}
          />
        )}
      </main>
    </div>
  );
}

/** What is live, each with its console. */
function Streams() {
  const { streams, state, hasMore, showMore } = useLiveStreams();
  return (
    <section aria-label={strings.streams}>
      {streams.length === 0 && (
        <p className="desk-note">{state === 'loaded' ? strings.noStreams : strings.loading}</p>
      )}
      <ul className="people">
        {streams.map((stream) => (
          <li key={stream.id}>
            <p>
              <bdi className="author">{stream.title}</bdi>
            </p>
            <p className="hint">
              {pageStrings.watching(stream.viewerCount)} · {pageStrings.commentCount(stream.commentCount)}
            </p>
            <PageLink to={`/streams/${stream.id}/moderation`}>
              {strings.moderateStream}
              <span className="visually-hidden">: {stream.title}</span>
            </PageLink>
          </li>
        ))}
      </ul>
      {hasMore && (
        <button type="button" className="secondary" onClick={showMore}>
          {strings.more}
        </button>
      )}
    </section>
  );
}
