import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { Comment, Feed } from '../../feed';
import { nameOf } from '../../watch/comments/nameOf';
import { isPlainKey } from '../DeskFrame';
import { perform, useDesk } from '../desk';
import { SanctionDialog } from '../people/SanctionDialog';
import { deskStrings as strings } from '../strings';
import { LiveRow } from './LiveRow';
import { type LiveAct, liveActs } from './liveActs';
import { useStill } from './useStill';

/** What one key mutes for: long enough to calm down. */
const muteSeconds = 600;

/** What came, as moderators look at it: each comment with acts of one key, and the list stands still while somebody is at it. */
export function LiveList({ feed }: { feed: Feed }) {
  const desk = useDesk();
  const entries = useStore(feed.store, (state) => state.entries);
  const isFilled = useStore(feed.store, (state) => state.isFilled);
  const hostId = useStore(feed.store, (state) => state.stream?.creatorId ?? null);
  const { rows, unseen, hold, catchUp } = useStill(entries);
  const [activeId, setActiveId] = useState<string | null>(null);
  const [leaving, setLeaving] = useState<ReadonlySet<string>>(new Set());
  const [sanctioned, setSanctioned] = useState<Comment | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const isInside = useRef({ pointer: false, focus: false });
  const followsEnd = useRef(true);

  const activeAt = rows.findIndex((row) => row.comment.id === activeId);
  const stopAt = activeAt < 0 ? rows.length - 1 : activeAt;

  const hostIdRef = useRef(hostId);
  hostIdRef.current = hostId;
  const act = useCallback(
    async (what: LiveAct, comment: Comment) => {
      const name = nameOf(comment);
      const { api } = desk;
      if (comment.userId === hostIdRef.current && liveActs.some((one) => one.act === what && one.ofAuthor))
        return;
      switch (what) {
        case 'hide':
        case 'delete': {
          setLeaving((before) => new Set(before).add(comment.id));
          const answer =
            what === 'hide'
              ? await perform(desk, api.hideComment(comment.id), strings.hidden(name), () => {
                  setLeaving((before) => without(before, comment.id));
                  return api.unhide(comment);
                })
              : await perform(desk, api.deleteComment(comment.id), strings.deleted(name));
          if (!answer.ok) setLeaving((before) => without(before, comment.id));
          break;
        }
        case 'pin':
          await perform(
            desk,
            api.pin(comment.id, !comment.isPinned),
            comment.isPinned ? strings.unpinned(name) : strings.pinnedNow(name),
            () => api.pin(comment.id, comment.isPinned),
          );
          break;
        case 'highlight':
          await perform(
            desk,
            api.highlight(comment.id, !comment.isHighlighted),
            comment.isHighlighted ? strings.unhighlighted(name) : strings.highlightedNow(name),
            () => api.highlight(comment.id, comment.isHighlighted),
          );
          break;
        case 'mute':
          await perform(
            desk,
            api.impose('mute', comment.userId, { durationSeconds: muteSeconds }),
            strings.muted(name),
            () => api.lift('mute', comment.userId),
          );
          break;
        case 'ban':
          await perform(desk, api.impose('ban', comment.userId), strings.banned(name), () =>
            api.lift('ban', comment.userId),
          );
          break;
        case 'more':
          setSanctioned(comment);
      }
    },
    [desk],
  );

  const goTo = (index: number) => {
    const row = rows[Math.max(0, Math.min(index, rows.length - 1))];
    if (!row) return;
    setActiveId(row.comment.id);
    list.current?.querySelector<HTMLElement>(`[data-comment="${row.comment.id}"]`)?.focus();
  };

  const toEnd = () => {
    catchUp();
    setActiveId(null);
    followsEnd.current = true;
    requestAnimationFrame(() => {
      const all = list.current?.querySelectorAll<HTMLElement>('article');
      all?.[all.length - 1]?.focus();
    });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (!isPlainKey(event)) return;
    const row = rows[stopAt];
    const moves: Record<string, () => void> = {
      ArrowUp: () => goTo(stopAt - 1),
      ArrowDown: () => goTo(stopAt + 1),
      Home: () => goTo(0),
      End: toEnd,
    };
    const wanted = liveActs.find((one) => one.key === event.key.toLowerCase());
    if (wanted && row) {
      event.preventDefault();
      // The next one is at hand when this one goes.
      if (wanted.act === 'delete' || wanted.act === 'hide')
        goTo(stopAt + 1 < rows.length ? stopAt + 1 : stopAt - 1);
      void act(wanted.act, row.comment);
    } else if (moves[event.key]) {
      event.preventDefault();
      moves[event.key]?.();
    }
  };

  const holdFor = (what: 'pointer' | 'focus', isIn: boolean) => {
    isInside.current[what] = isIn;
    hold(isInside.current.pointer || isInside.current.focus);
  };

  // A row that went with the focus leaves it to its neighbour: the keys go on working.
  const hadFocus = useRef(false);
  useEffect(() => {
    const scroller = list.current;
    if (!scroller) return;
    if (hadFocus.current && document.activeElement === document.body)
      scroller.querySelectorAll<HTMLElement>('article')[Math.min(stopAt, rows.length - 1)]?.focus();
    hadFocus.current = scroller.contains(document.activeElement);
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever other rows are drawn
  useLayoutEffect(() => {
    const scroller = list.current;
    if (scroller && followsEnd.current && !isInside.current.focus) scroller.scrollTop = scroller.scrollHeight;
  }, [rows]);

  return (
    <section className="live-list" aria-label={strings.live}>
      <p className="keys" id="live-keys">
        {liveActs.map(({ act: one, key }) => (
          <span key={one}>
            <kbd>{key.toUpperCase()}</kbd> {strings.act[one]}
          </span>
        ))}
        <span>
          <kbd>Z</kbd> {strings.undo}
        </span>
      </p>
      <div
        className="live-rows"
        ref={list}
        role="feed"
        aria-label={strings.liveComments}
        aria-describedby="live-keys"
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          const row = (event.target as HTMLElement).closest<HTMLElement>('[data-comment]');
          setActiveId(row?.dataset.comment ?? null);
          hadFocus.current = true;
          holdFor('focus', true);
        }}
        onBlur={(event) => {
          if (event.currentTarget.contains(event.relatedTarget)) return;
          hadFocus.current = event.relatedTarget === null;
          holdFor('focus', false);
        }}
        onPointerEnter={() => holdFor('pointer', true)}
        onPointerLeave={() => holdFor('pointer', false)}
        onScroll={(event) => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          followsEnd.current = scrollHeight - scrollTop - clientHeight < 24;
        }}
      >
        {rows.map(({ comment }, index) => (
          <LiveRow
            key={comment.id}
            comment={comment}
            isHost={comment.userId === hostId}
            isActive={index === stopAt}
            isLeaving={leaving.has(comment.id)}
            onAct={act}
          />
        ))}
      </div>
      {rows.length === 0 && <p className="desk-note">{isFilled ? strings.noComments : strings.loading}</p>}
      {unseen > 0 && (
        <button type="button" className="jump" onClick={toEnd}>
          {strings.unseen(unseen)}
        </button>
      )}
      {sanctioned && (
        <SanctionDialog
          userId={sanctioned.userId}
          name={nameOf(sanctioned)}
          onClose={() => setSanctioned(null)}
        />
      )}
    </section>
  );
}

function without(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const left = new Set(ids);
  left.delete(id);
  return left;
}
