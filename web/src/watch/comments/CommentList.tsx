import {
  type KeyboardEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import type { Comment, Entry, OwnPost, ReactionType } from '../../feed';
import { strings } from '../../strings';
import { useFeedState, useWatching } from '../watching';
import { CommentRow } from './CommentRow';
import { PostRow } from './PostRow';
import { useChatList } from './useChatList';

interface CommentListProps {
  onOpenThread(comment: Comment): void;
  onEditPost(post: OwnPost): void;
}

const none: readonly ReactionType[] = [];

/** The conversation, the newest comment at the bottom; behind it one's own that are on their way. */
export function CommentList(props: CommentListProps) {
  const isEmpty = useFeedState((state) => state.entries.length === 0 && state.posts.length === 0);
  const isFilled = useFeedState((state) => state.isFilled);
  return isEmpty ? (
    <p className="comments-empty">{isFilled ? strings.noComments : strings.loadingComments}</p>
  ) : (
    <FilledList {...props} />
  );
}

function FilledList({ onOpenThread, onEditPost }: CommentListProps) {
  const { feed } = useWatching();
  const entries = useFeedState((state) => state.entries);
  const posts = useFeedState((state) => state.posts);
  const myReactions = useFeedState((state) => state.myReactions);
  const hostId = useFeedState((state) => state.stream?.creatorId ?? null);
  const older = useFeedState((state) => state.older);
  const [activeKey, setActiveKey] = useState<string | null>(null);

  const keys = useMemo(
    () => [...entries.map((entry) => entry.comment.id), ...posts.map((post) => `post ${post.id}`)],
    [entries, posts],
  );
  const byId = useMemo(() => new Map(entries.map((entry) => [entry.comment.id, entry.comment])), [entries]);
  const replies = useMemo(() => countReplies(entries), [entries]);

  const list = useChatList({
    keys,
    keptIndex: activeKey === null ? -1 : keys.lastIndexOf(activeKey),
    onAtEnd: feed.atEnd,
    onNearBeginning: () => {
      if (older === 'more') feed.loadOlder();
    },
  });
  const { scroller, virtualizer, hold } = list;

  // Of the whole page: a menu that closes under the pointer tells nobody that the pointer has left the list.
  useEffect(() => {
    const onOver = ({ target }: PointerEvent) =>
      hold(target instanceof Element && scroller.current?.contains(target.closest('.row-actions')) === true);
    const onLeave = () => hold(false);
    document.addEventListener('pointerover', onOver);
    document.documentElement.addEventListener('pointerleave', onLeave);
    return () => {
      document.removeEventListener('pointerover', onOver);
      document.documentElement.removeEventListener('pointerleave', onLeave);
    };
  }, [scroller, hold]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the entries is painted now
  useLayoutEffect(() => feed.painted(), [feed, entries]);
  useEffect(() => () => feed.atEnd(true), [feed]);

  // Whoever says something while reading back wants to see it said; an answer is seen in its thread.
  const saidAt = posts.findLast((post) => post.parentId === null)?.createdAt ?? 0;
  const lastSaidAt = useRef(saidAt);
  useLayoutEffect(() => {
    if (saidAt > lastSaidAt.current) list.showEnd();
    lastSaidAt.current = Math.max(saidAt, lastSaidAt.current);
  });

  const focusWanted = useRef(false);
  const goTo = useCallback(
    (index: number) => {
      const at = Math.max(0, Math.min(index, keys.length - 1));
      focusWanted.current = true;
      setActiveKey(keys[at] ?? null);
      virtualizer.scrollToIndex(at, { align: 'auto' });
    },
    [keys, virtualizer],
  );
  useEffect(() => {
    if (!focusWanted.current || activeKey === null) return;
    const row = scroller.current?.querySelector<HTMLElement>(
      `[data-key="${CSS.escape(activeKey)}"] > article`,
    );
    if (!row) return;
    focusWanted.current = false;
    row.focus({ preventScroll: true });
  });

  // A post that is taken goes, and its comment stands in its place; so goes a comment that is taken back. Whoever was there by
  // keyboard stays at that place: the browser would begin at the top of the page again.
  const activeAt = useRef(0);
  useEffect(() => {
    if (activeKey === null) return;
    const at = keys.lastIndexOf(activeKey);
    if (at >= 0) activeAt.current = at;
    else if (focusWanted.current || document.activeElement === document.body) goTo(activeAt.current);
    else setActiveKey(null);
  }, [activeKey, keys, goTo]);

  const toEnd = () => {
    setActiveKey(null);
    list.toEnd();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const isRow = (event.target as HTMLElement).matches('article');
    const at = activeKey === null ? keys.length : keys.lastIndexOf(activeKey);
    const walkTo = (index: number) => {
      list.leaveEnd();
      goTo(index);
    };
    const moves: Record<string, () => void> = {
      ArrowUp: () => walkTo(at - 1),
      ArrowDown: () => (at >= keys.length - 1 ? toEnd() : walkTo(at + 1)),
      Home: () => walkTo(0),
      End: toEnd,
      Escape: () => document.getElementById('comment-input')?.focus(),
      ...(isRow && {
        Enter: () => (event.target as HTMLElement).querySelector<HTMLElement>('.row-actions button')?.focus(),
      }),
    };
    const move = moves[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move();
  };

  return (
    <div className="comments">
      <div
        className="comments-scroller"
        ref={scroller}
        onScroll={list.onScroll}
        onKeyDown={onKeyDown}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        role="feed"
        aria-busy={older === 'loading'}
        aria-label={strings.comments}
      >
        <div className="comments-height" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const entry = entries[item.index];
            const post = posts[item.index - entries.length];
            const key = String(item.key);
            return (
              // biome-ignore lint/a11y/noStaticElementInteractions: it only notes where the focus is
              <div
                key={key}
                ref={virtualizer.measureElement}
                className="slot"
                data-index={item.index}
                data-key={key}
                style={{ transform: `translateY(${item.start}px)` }}
                onFocus={() => setActiveKey(key)}
              >
                {entry?.gapBefore && <p className="lost-here">{strings.lostHere}</p>}
                {entry && (
                  <CommentRow
                    comment={entry.comment}
                    mine={myReactions[entry.comment.id] ?? none}
                    parent={entry.comment.parentId === null ? undefined : byId.get(entry.comment.parentId)}
                    replies={replies.get(entry.comment.id) ?? 0}
                    isHost={entry.comment.userId === hostId}
                    isActive={key === activeKey}
                    onOpenThread={onOpenThread}
                  />
                )}
                {post && <PostRow post={post} onEdit={onEditPost} />}
              </div>
            );
          })}
        </div>
      </div>
      {older === 'loading' && !list.isAtEnd && <p className="older">{strings.loadingOlder}</p>}
      {older === 'failed' && !list.isAtEnd && (
        <button type="button" className="older" onClick={() => feed.loadOlder()}>
          {strings.olderFailed}
        </button>
      )}
      {!list.isAtEnd && (
        <button type="button" className="jump" onClick={toEnd}>
          {strings.jumpToLatest(list.unseen)}
          <span aria-hidden="true"> ↓</span>
        </button>
      )}
    </div>
  );
}

function countReplies(entries: readonly Entry[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { comment } of entries)
    if (comment.parentId !== null) counts.set(comment.parentId, (counts.get(comment.parentId) ?? 0) + 1);
  return counts;
}
