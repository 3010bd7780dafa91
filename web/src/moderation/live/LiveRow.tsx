import { memo } from 'react';
import type { Comment } from '../../feed';
import { tintOf } from '../../tint';
import { nameOf } from '../../watch/comments/nameOf';
import { describeTime } from '../../words';
import { deskStrings as strings } from '../strings';
import { type LiveAct, liveActs } from './liveActs';

interface LiveRowProps {
  comment: Comment;
  isHost: boolean;
  /** The one that the keyboard is at. */
  isActive: boolean;
  /** Something was done to it whose effect is on its way. */
  isLeaving: boolean;
  onAct(act: LiveAct, comment: Comment): void;
}

/** One comment as a moderator looks at it, with what can be done in one step. */
export const LiveRow = memo(function LiveRow({ comment, isHost, isActive, isLeaving, onAct }: LiveRowProps) {
  const time = describeTime(comment.createdAt);
  return (
    <article
      className="live-row"
      tabIndex={isActive ? 0 : -1}
      aria-label={strings.commentBy(nameOf(comment))}
      data-comment={comment.id}
      data-tint={tintOf(comment.userId)}
      data-leaving={isLeaving || undefined}
      data-highlighted={comment.isHighlighted || undefined}
    >
      <p className="live-row-head">
        <bdi className="author" title={comment.userId}>
          {nameOf(comment)}
        </bdi>
        {isHost && <span className="tag">{strings.host}</span>}
        {comment.isPinned && <span className="tag">{strings.pinned}</span>}
        {comment.isHighlighted && <span className="tag">{strings.highlighted}</span>}
        <time dateTime={time.iso} title={time.full}>
          {time.short}
        </time>
      </p>
      <bdi className="content">{comment.content}</bdi>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <div className="live-row-acts" role="group" aria-label={strings.actsOn(nameOf(comment))}>
        {liveActs.map(({ act, key, ofAuthor }) =>
          ofAuthor && isHost ? null : (
            <button
              key={act}
              type="button"
              tabIndex={isActive ? 0 : -1}
              aria-keyshortcuts={key}
              title={strings.withKey(strings.actHint[act], key)}
              data-danger={act === 'delete' || act === 'ban' || undefined}
              onClick={() => onAct(act, comment)}
            >
              {labelOf(act, comment)}
            </button>
          ),
        )}
      </div>
    </article>
  );
});

function labelOf(act: LiveAct, comment: Comment): string {
  if (act === 'pin' && comment.isPinned) return strings.unpin;
  if (act === 'highlight' && comment.isHighlighted) return strings.unhighlight;
  return strings.act[act];
}
