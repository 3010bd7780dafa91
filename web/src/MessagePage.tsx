import { useEffect } from 'react';
import { PageLink } from './pageLink';
import { strings } from './strings';

/** A page that only says something, and shows the way back. */
export function MessagePage({ text }: { text: string }) {
  useEffect(() => {
    document.title = `${text} · ${strings.product}`;
  }, [text]);
  return (
    <main className="message-page">
      <h1>{text}</h1>
      <PageLink to="/">{strings.goHome}</PageLink>
    </main>
  );
}

/** What is left when a page threw: an honest word, and the one thing that helps. */
export function BrokenPage() {
  return (
    <main className="message-page">
      <h1>{strings.somethingBroke}</h1>
      <button type="button" className="primary" onClick={() => location.reload()}>
        {strings.reload}
      </button>
    </main>
  );
}
