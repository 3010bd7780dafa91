import { useCallback, useState } from 'react';
import { keepSession, keptSession, type Session } from '../feed';

/** Who this tab is, on a page that is not the watch page; kept as there. */
export function useSession(): [Session | null, (session: Session | null) => void] {
  const [session, setSession] = useState(keptSession);
  const change = useCallback((changed: Session | null) => {
    keepSession(changed);
    setSession(changed);
  }, []);
  return [session, change];
}
