import { useState } from 'react';
import { perform, useDesk } from '../moderation/desk';
import { SettingsForm } from '../moderation/settings/SettingsForm';
import { useLoaded } from '../moderation/useLoaded';
import { nameOf } from '../watch/comments/nameOf';
import { describeFailure } from '../watch/failure';
import { broadcastStrings as strings } from './strings';

const refreshMs = 5_000;

/** How the conversation goes, what is pinned above it, and the stream's end. */
export function StreamSettingsPanel({ isShown }: { isShown: boolean }) {
  return (
    <div className="columns">
      <SettingsForm isShown={isShown} />
      <div>
        <Pinned isShown={isShown} />
        <Ending isShown={isShown} />
      </div>
    </div>
  );
}

function Pinned({ isShown }: { isShown: boolean }) {
  const desk = useDesk();
  const pinned = useLoaded(desk.api.pinned, isShown, refreshMs);
  const comment = pinned.value;

  const unpin = async () => {
    if (!comment) return;
    const answer = await perform(desk, desk.api.pin(comment.id, false), strings.unpinned, async () => {
      const back = await desk.api.pin(comment.id, true);
      pinned.reload();
      return back;
    });
    if (answer.ok) pinned.reload();
  };

  return (
    <section className="card" aria-label={strings.pinnedComment}>
      <h2>{strings.pinnedComment}</h2>
      {pinned.failure && <p className="problem">{describeFailure(pinned.failure)}</p>}
      {comment ? (
        <>
          <p>
            <bdi className="author">{nameOf(comment)}</bdi>
          </p>
          <bdi className="content">{comment.content}</bdi>
          <button type="button" className="secondary small" onClick={unpin}>
            {strings.unpin}
          </button>
        </>
      ) : (
        <p className="hint">{strings.noPinned}</p>
      )}
    </section>
  );
}

/** Asked twice: an end is for good. */
function Ending({ isShown }: { isShown: boolean }) {
  const desk = useDesk();
  const stream = useLoaded(desk.api.stream, isShown);
  const [isSure, setSure] = useState(false);
  if (!desk.mayAppoint || !stream.value) return null;

  const end = async () => {
    if (!isSure) {
      setSure(true);
      return;
    }
    setSure(false);
    const answer = await perform(desk, desk.api.endStream(), strings.streamEnded);
    if (answer.ok) stream.reload();
  };

  return (
    <section className="card" aria-label={strings.stream}>
      <h2>{strings.stream}</h2>
      {stream.value.status === 'ended' ? (
        <p className="hint">{strings.streamEnded}</p>
      ) : (
        <button type="button" className="secondary small danger" onClick={end} onBlur={() => setSure(false)}>
          {isSure ? strings.endReally : strings.endStream}
        </button>
      )}
    </section>
  );
}
