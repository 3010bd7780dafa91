import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react';
import type { Person } from '../../feed';
import { useFeedState } from '../watching';
import { complete, mentionAt, suggest } from './mentions';

interface Mentions {
  /** Who is offered; nobody while no mention is being written. */
  readonly people: readonly Person[];
  readonly active: number;
  /** The text, or the place in it, changed. */
  update(text?: string): void;
  choose(person: Person): void;
  close(): void;
  /** True when the key was for the list. */
  onKeyDown(event: KeyboardEvent): boolean;
}

/** Offers people while a mention is being written in a text box; the focus stays in the box. */
export function useMentions(
  box: RefObject<HTMLTextAreaElement | null>,
  draft: string,
  onDraft: (draft: string) => void,
): Mentions {
  const people = useFeedState((state) => state.people);
  const [typed, setTyped] = useState<string | null>(null);
  const [active, setActive] = useState(0);
  const caret = useRef<number | null>(null);

  // React puts the caret at the end when it changes the text; it belongs behind the name.
  useLayoutEffect(() => {
    if (caret.current === null) return;
    box.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });

  const offered = typed === null ? [] : suggest(people, typed);
  const close = () => setTyped(null);
  const update = (text = draft) => {
    const element = box.current;
    const open =
      element && element.selectionStart === element.selectionEnd
        ? mentionAt(text, element.selectionStart)
        : null;
    if ((open?.typed ?? null) === typed) return;
    setTyped(open?.typed ?? null);
    setActive(0);
  };
  const choose = (person: Person) => {
    const completed = complete(draft, box.current?.selectionStart ?? draft.length, person.username);
    caret.current = completed.caret;
    onDraft(completed.text);
    close();
  };

  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (offered.length === 0 || event.nativeEvent.isComposing) return false;
    const person = offered[active];
    if (event.key === 'ArrowDown') setActive((active + 1) % offered.length);
    else if (event.key === 'ArrowUp') setActive((active - 1 + offered.length) % offered.length);
    else if ((event.key === 'Enter' || event.key === 'Tab') && !event.shiftKey && person) choose(person);
    else if (event.key === 'Escape') close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  };

  return {
    people: offered,
    active: Math.min(active, Math.max(0, offered.length - 1)),
    update,
    choose,
    close,
    onKeyDown,
  };
}
