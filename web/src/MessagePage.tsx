import { strings } from './strings';

/** A page that only says something, and shows the way back. */
export function MessagePage({ text }: { text: string }) {
  return (
    <main className="message-page">
      <h1>{text}</h1>
      <a href="/">{strings.goHome}</a>
    </main>
  );
}
