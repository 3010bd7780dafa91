import { PageLink } from './pageLink';
import { strings } from './strings';

/** The product's name, which is the way to everything that is live. */
export function TopBar() {
  return (
    <header className="top-bar">
      <PageLink to="/" className="brand">
        <span className="brand-mark" aria-hidden="true" />
        {strings.product}
      </PageLink>
    </header>
  );
}
