import type { ReactNode } from 'react';
import { PageLink } from './pageLink';
import { strings } from './strings';

/** The product's name, which is the way to everything that is live; and what a page has to add. */
export function TopBar({ children }: { children?: ReactNode }) {
  return (
    <header className="top-bar">
      <PageLink to="/" className="brand">
        <span className="brand-mark" aria-hidden="true" />
        {strings.product}
      </PageLink>
      {children}
    </header>
  );
}
