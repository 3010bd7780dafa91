import { type ReactNode, useEffect } from 'react';
import type { Session } from '../feed';
import { PageLink } from '../pageLink';
import { strings as pageStrings } from '../strings';
import { TopBar } from '../TopBar';
import { DeskFrame } from './DeskFrame';
import { openDeskApi, type Rights } from './deskApi';
import { SignInForm } from './SignInForm';
import { deskStrings as strings } from './strings';
import { useLoaded } from './useLoaded';
import { useSession } from './useSession';

interface StreamDeskProps {
  streamId: string;
  title(stream: string): string;
  mayEnter(rights: Rights): boolean;
  children(session: Session, rights: Rights): ReactNode;
}

/** A page about one stream for those who may: asks who it is, and the service what they may do. */
export function StreamDesk({ streamId, ...rest }: StreamDeskProps) {
  const [session, setSession] = useSession();
  return (
    <div className="desk-page">
      <TopBar />
      {session ? (
        <SignedIn
          key={session.user.id}
          streamId={streamId}
          session={session}
          onSession={setSession}
          {...rest}
        />
      ) : (
        <main className="desk-gate">
          <h1>{strings.moderation}</h1>
          <SignInForm likely="user" why={strings.nobodyHere} onSession={setSession} />
        </main>
      )}
    </div>
  );
}

interface SignedInProps extends StreamDeskProps {
  session: Session;
  onSession(session: Session | null): void;
}

function SignedIn({ streamId, session, onSession, title, mayEnter, children }: SignedInProps) {
  const stream = useLoaded(() => openDeskApi(session, streamId).stream(), true);
  const rights = useLoaded(() => openDeskApi(session, streamId).rights(), true);
  const name = stream.value?.title ?? streamId;

  useEffect(() => {
    document.title = `${title(name)} · ${pageStrings.product}`;
  }, [title, name]);

  const failure = stream.failure ?? rights.failure;
  if (!stream.value || !rights.value)
    return (
      <main className="desk-gate">
        <h1>{strings.moderation}</h1>
        {failure?.code === 'STREAM_NOT_FOUND' ? (
          <p>{pageStrings.noSuchStream}</p>
        ) : failure?.code === 'UNAUTHORIZED' || failure?.code === 'TOKEN_EXPIRED' ? (
          <SignInForm likely="user" why={pageStrings.sessionOver} onSession={onSession} />
        ) : failure ? (
          <>
            <p role="alert">{strings.unreachable}</p>
            <button
              type="button"
              className="primary"
              onClick={() => {
                stream.reload();
                rights.reload();
              }}
            >
              {strings.again}
            </button>
          </>
        ) : (
          <p>{strings.loading}</p>
        )}
      </main>
    );

  return (
    <main className="desk-main">
      <header className="desk-head">
        <h1>
          <bdi>{name}</bdi>
        </h1>
        <nav>
          <PageLink to={`/streams/${streamId}`}>{strings.backToStream}</PageLink>
          {rights.value.mayModerate && (
            <PageLink to={`/streams/${streamId}/moderation`}>{strings.moderation}</PageLink>
          )}
          {rights.value.mayModerate && (
            <PageLink to={`/streams/${streamId}/broadcast`}>{strings.broadcasterPage}</PageLink>
          )}
          {session.user.role === 'admin' && <PageLink to="/moderation">{strings.moderationOfAll}</PageLink>}
        </nav>
        <p className="hint">
          {strings.signedInAs} <bdi>{session.user.displayName || session.user.username}</bdi>{' '}
          <button type="button" className="quiet" onClick={() => onSession(null)}>
            {strings.signOut}
          </button>
        </p>
      </header>
      {mayEnter(rights.value) ? (
        <DeskFrame session={session} streamId={streamId} mayAppoint={rights.value.mayAppoint}>
          {children(session, rights.value)}
        </DeskFrame>
      ) : (
        <>
          <p role="alert">{strings.notAllowed}</p>
          <SignInForm likely="user" why={strings.nobodyHere} onSession={onSession} />
        </>
      )}
    </main>
  );
}
