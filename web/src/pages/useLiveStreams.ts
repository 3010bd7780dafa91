import { useCallback, useEffect, useRef, useState } from 'react';
import { api } from '../api';
import type { Answer, ListedStream, StreamList } from '../feed';

/** Counts of a moment ago are good enough on a page that one leaves in seconds. */
const refreshMs = 10_000;

/** Nobody looks through more of them, and each is asked for again every few seconds. */
const maxStreams = 200;

interface LiveStreams {
  readonly streams: readonly ListedStream[];
  readonly state: 'loading' | 'loaded' | 'unreachable';
  readonly hasMore: boolean;
  showMore(): void;
}

/** The streams that are live, asked for again while somebody looks. What was shown stays while the service is away. */
export function useLiveStreams(): LiveStreams {
  const [streams, setStreams] = useState<readonly ListedStream[]>([]);
  const [state, setState] = useState<LiveStreams['state']>('loading');
  const [hasMore, setHasMore] = useState(false);
  const pages = useRef(1);
  const load = useRef<() => void>(() => {});

  useEffect(() => {
    let isGone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let runs = 0;
    const refresh = async () => {
      clearTimeout(timer);
      const run = ++runs;
      const found = await readPages(pages.current);
      if (isGone || run !== runs) return;
      if (found) {
        setStreams(found.streams);
        setHasMore(found.hasMore);
      }
      setState(found ? 'loaded' : 'unreachable');
      if (!document.hidden) timer = setTimeout(refresh, refreshMs);
    };
    const onVisible = () => {
      if (!document.hidden) refresh();
    };
    load.current = refresh;
    refresh();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      isGone = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, []);

  const showMore = useCallback(() => {
    pages.current++;
    load.current();
  }, []);
  return { streams, state, hasMore, showMore };
}

async function readPages(count: number): Promise<{ streams: ListedStream[]; hasMore: boolean } | null> {
  const streams = new Map<string, ListedStream>();
  let cursor: string | null = null;
  for (let page = 0; page < count; page++) {
    const answer: Answer<StreamList> = await api.getLiveStreams(cursor ?? undefined);
    if (!answer.ok) return null;
    for (const stream of answer.value.streams) streams.set(stream.id, stream);
    cursor = answer.value.next;
    if (cursor === null) break;
  }
  return { streams: [...streams.values()], hasMore: cursor !== null && streams.size < maxStreams };
}
