import { useEffect, useRef, useState } from 'react';
import type { Entry } from '../../feed';
import { strings } from '../../strings';
import { isMentioned } from '../compose/mentions';
import { useWatching } from '../watching';
import { nameOf } from './nameOf';

/** Not oftener: a sentence takes so long to hear, and a busy chat must leave the reader time for anything else. */
const everyMs = 5_000;

/** Longer texts are read in the list. */
const maxCharacters = 160;

/**
 * Says to screen readers what came: politely, one sentence at a time. A comment alone is said in full; of many only how
 * many, except that one which mentions the reader is always said. The list itself is no live region: in a virtual list
 * everything that is scrolled to would be read out.
 */
export function Announcer() {
  const { feed, session } = useWatching();
  const [said, setSaid] = useState('');
  const me = useRef(session);
  me.current = session;

  useEffect(() => {
    let fresh: Entry[] = [];
    let last: Entry | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const say = () => {
      timer = undefined;
      const sentence = sentenceFor(fresh, me.current?.user.username ?? null);
      fresh = [];
      if (sentence === null) return;
      setSaid(sentence);
      timer = setTimeout(say, everyMs);
    };
    const onChange = () => {
      const { entries, isFilled } = feed.store.getState();
      const newest = entries.at(-1);
      if (newest === last || !isFilled) return;
      const from = last === undefined ? entries.length : entries.indexOf(last) + 1;
      // The backfill was there before the reader came; and after a reset nobody wants all of it again.
      const isKnown = last !== undefined && from > 0;
      last = newest;
      if (!isKnown) return;
      const own = me.current?.user.id;
      fresh.push(...entries.slice(from).filter((entry) => entry.comment.userId !== own));
      timer ??= setTimeout(say, 0);
    };
    onChange();
    const stop = feed.store.subscribe(onChange);
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [feed]);

  return (
    <p className="visually-hidden" role="log" aria-live="polite" aria-atomic="true" data-announcer>
      {said}
    </p>
  );
}

/** One sentence about what came; null when nothing did. */
export function sentenceFor(fresh: readonly Entry[], me: string | null): string | null {
  const last = fresh.at(-1)?.comment;
  if (!last) return null;
  const toMe = fresh.findLast((entry) => isMentioned(entry.comment.mentions, me))?.comment;
  const whole = toMe ?? (fresh.length === 1 ? last : null);
  if (whole === null) return strings.announceMany(fresh.length, nameOf(last));
  const characters = [...whole.content];
  const text =
    characters.length > maxCharacters ? `${characters.slice(0, maxCharacters).join('')} …` : whole.content;
  return strings.announce(nameOf(whole), text);
}
