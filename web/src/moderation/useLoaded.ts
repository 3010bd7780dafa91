import { useCallback, useEffect, useRef, useState } from 'react';
import type { Answer, Failure } from '../feed';

export interface Loaded<T> {
  /** Null until the first answer; what was last had, while the service is away. */
  readonly value: T | null;
  readonly failure: Failure | null;
  reload(): void;
  /** In the place of what was had, as after a change of one's own. */
  set(value: T): void;
}

/**
 * Something of the service's, for as long as it is shown: asked for once, or again every so often while somebody
 * looks. `load` may be another function each time.
 */
export function useLoaded<T>(load: () => Promise<Answer<T>>, isShown: boolean, everyMs?: number): Loaded<T> {
  const [value, setValue] = useState<T | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const latest = useRef(load);
  latest.current = load;
  const refresh = useRef<() => void>(() => {});
  /** What was set since is newer than what is still on its way. */
  const version = useRef(0);

  useEffect(() => {
    if (!isShown) return;
    let isGone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let runs = 0;
    const run = async () => {
      clearTimeout(timer);
      const mine = ++runs;
      const before = version.current;
      const answer = await latest.current();
      if (isGone || mine !== runs) return;
      if (answer.ok && before === version.current) setValue(answer.value);
      setFailure(answer.ok ? null : answer);
      if (everyMs !== undefined && !document.hidden) timer = setTimeout(run, everyMs);
    };
    const onVisible = () => {
      if (!document.hidden && everyMs !== undefined) run();
    };
    refresh.current = run;
    run();
    document.addEventListener('visibilitychange', onVisible);
    return () => {
      isGone = true;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    };
  }, [isShown, everyMs]);

  const set = useCallback((changed: T) => {
    version.current++;
    setValue(changed);
  }, []);
  const reload = useCallback(() => refresh.current(), []);
  return { value, failure, reload, set };
}
