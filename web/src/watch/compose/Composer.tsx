import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { contentLength, maxContentLength } from '../../feed';
import { strings } from '../../strings';
import { useFeedState, useWatching } from '../watching';
import { ChatRules } from './ChatRules';
import { EmojiButton } from './EmojiButton';
import { MentionList } from './MentionList';
import { useMentions } from './useMentions';
import type { Writing } from './writing';

/** From here on the rest is shown: earlier it only disturbs. */
const showLeftFrom = 400;

interface ComposerProps {
  writing: Writing;
  onWriting(change: (now: Writing) => Writing): void;
  /** The comment that is answered. */
  replyTo: string | null;
  /** Whether somebody is about to write: who only came, or came back, has the page's keys for reading. */
  isWanted: boolean;
  onLeave(): void;
}

/** The comment box. What is sent from it stands at the end of the list from then on, whatever becomes of it. */
export function Composer({ writing, onWriting, replyTo, isWanted, onLeave }: ComposerProps) {
  const { feed, session } = useWatching();
  const isOffline = useFeedState((state) => state.connection.name === 'offline');
  const [problem, setProblem] = useState<string | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const problemId = useId();
  const listId = useId();

  const { draft, editing } = writing;
  const setDraft = (changed: string) => onWriting((now) => ({ ...now, draft: changed }));
  const mentions = useMentions(box, draft, setDraft);
  const length = contentLength(draft);
  const canSend = length > 0 && length <= maxContentLength;

  // Whoever joined, answers or changes a comment wants to write.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each of them leads here
  useEffect(() => {
    if (!isWanted && replyTo === null && !editing) return;
    const element = box.current;
    element?.focus();
    element?.setSelectionRange(element.value.length, element.value.length);
  }, [replyTo, editing?.id]);

  const leaveEditing = () => onWriting((now) => ({ draft: now.editing?.before ?? now.draft, editing: null }));

  const send = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!canSend) return;
    setProblem(null);
    mentions.close();
    box.current?.focus();
    if (editing) {
      if (await feed.editPost(editing.id, draft)) leaveEditing();
      else {
        // Its text stays in the box: perhaps it is worth another comment.
        onWriting((now) => ({ ...now, editing: null }));
        setProblem(strings.sentMeanwhile);
      }
      return;
    }
    // Gone at once, so that one can write on; back again, before what was written since, when it was not taken.
    setDraft('');
    const result = await feed.post(draft, replyTo === null ? {} : { parentId: replyTo });
    if (result.ok) return;
    onWriting((now) => ({ ...now, draft: now.draft === '' ? draft : `${draft}\n${now.draft}` }));
    setProblem(strings.refusedPost[result.reason]);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (mentions.onKeyDown(event)) return;
    // Enter also ends the composing of a Japanese or Chinese word, which must not send.
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape' && editing) {
      event.stopPropagation();
      leaveEditing();
    }
  };

  return (
    <form className="composer" onSubmit={send}>
      {editing ? (
        <p className="composer-head">
          {strings.editing}
          <button type="button" className="quiet" onClick={leaveEditing}>
            {strings.stopEditing}
          </button>
        </p>
      ) : (
        <p className="composer-head">
          {strings.joinedAs} <bdi className="author">{session?.user.displayName}</bdi>
          <button type="button" className="quiet" onClick={onLeave}>
            {strings.leave}
          </button>
        </p>
      )}
      {mentions.people.length > 0 && (
        <MentionList
          id={listId}
          people={mentions.people}
          active={mentions.active}
          onChoose={mentions.choose}
        />
      )}
      <div className="field-row">
        <div className="field">
          <textarea
            id="comment-input"
            ref={box}
            rows={1}
            value={draft}
            onChange={(event) => {
              setDraft(event.target.value);
              mentions.update(event.target.value);
            }}
            onSelect={() => mentions.update()}
            onBlur={mentions.close}
            onKeyDown={onKeyDown}
            placeholder={replyTo === null ? strings.commentPlaceholder : strings.replyPlaceholder}
            aria-label={strings.yourComment}
            aria-describedby={problemId}
            aria-invalid={length > maxContentLength}
            aria-autocomplete="list"
            aria-controls={mentions.people.length > 0 ? listId : undefined}
            aria-activedescendant={mentions.people.length > 0 ? `${listId}-${mentions.active}` : undefined}
            enterKeyHint="send"
            dir="auto"
          />
          <EmojiButton box={box} draft={draft} onDraft={setDraft} />
        </div>
        <button type="submit" className="primary send" disabled={!canSend}>
          {editing ? strings.save : strings.send}
        </button>
      </div>
      <div className="composer-foot">
        <p className="problem" id={problemId} role="alert">
          {problem}
        </p>
        {!problem && (isOffline ? <p className="hint">{strings.offlineHint}</p> : <ChatRules />)}
        {length >= showLeftFrom && (
          <span className="left" data-over={length > maxContentLength || undefined}>
            {strings.charactersLeft(maxContentLength - length)}
          </span>
        )}
      </div>
    </form>
  );
}
