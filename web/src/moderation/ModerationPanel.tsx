import { useEffect, useRef } from 'react';
import { PageLink } from '../pageLink';
import { useFeedState, useWatching } from '../watch/watching';
import { Console } from './Console';
import { DeskFrame } from './DeskFrame';
import { deskStrings as strings } from './strings';

/** The console beside the player, on the watch page: nobody who moderates has to leave it. */
export function ModerationPanel({ onClose }: { onClose(): void }) {
  const { feed, session } = useWatching();
  const mayAppoint = useFeedState((state) => state.rights?.mayAppoint ?? false);
  const panel = useRef<HTMLElement>(null);
  useEffect(() => panel.current?.querySelector<HTMLElement>('[role="tab"]')?.focus(), []);
  if (!session) return null;
  return (
    <aside
      className="moderation-panel"
      aria-label={strings.moderation}
      ref={panel}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose();
      }}
    >
      <header className="panel-head">
        <h2>{strings.moderation}</h2>
        <PageLink to={`/streams/${feed.streamId}/moderation`}>{strings.ownPage}</PageLink>
        <PageLink to={`/streams/${feed.streamId}/broadcast`}>{strings.broadcasterPage}</PageLink>
        <button
          type="button"
          className="icon"
          aria-label={strings.closeConsole}
          title={strings.closeConsole}
          onClick={onClose}
        >
          ✕
        </button>
      </header>
      <DeskFrame session={session} streamId={feed.streamId} mayAppoint={mayAppoint}>
        <Console feed={feed} />
      </DeskFrame>
    </aside>
  );
}
