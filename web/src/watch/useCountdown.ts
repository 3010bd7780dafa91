import { useCallback, useEffect, useState } from 'react';

/** Whole seconds that are left, counted down to 0, and a function that starts the count. */
export function useCountdown(): [number, (forMs: number) => void] {
  const [endMs, setEnd] = useState(0);
  const [seconds, setSeconds] = useState(0);

  useEffect(() => {
    if (endMs === 0) return;
    const timer = setInterval(() => {
      const left = secondsUntil(endMs);
      setSeconds(left);
      if (left === 0) setEnd(0);
    }, 250);
    return () => clearInterval(timer);
  }, [endMs]);

  const start = useCallback((forMs: number) => {
    // A monotonic clock: the computer's own time may be set meanwhile.
    const end = forMs > 0 ? performance.now() + forMs : 0;
    setEnd(end);
    setSeconds(end === 0 ? 0 : secondsUntil(end));
  }, []);

  return [seconds, start];
}

function secondsUntil(endMs: number): number {
  return Math.max(0, Math.ceil((endMs - performance.now()) / 1000));
}
