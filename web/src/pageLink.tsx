import type { MouseEvent, ReactNode } from 'react';

/**
 * Who comes to watch a stream needs no router, and two thirds of what a page's script weighs besides React is the
 * router's: it comes with the first wish to go elsewhere. From then on it leads.
 */
type Leading = (address: string) => void;

let loadRouter: (() => Promise<Leading>) | null = null;

/** Said once, by whoever draws the first page. */
export function leadBy(load: () => Promise<Leading>): void {
  loadRouter = load;
}

/** A link to another page of ours, on pages that stand without the router, too. */
export function PageLink({
  to,
  className,
  children,
}: {
  to: string;
  className?: string;
  children: ReactNode;
}) {
  const onClick = (event: MouseEvent) => {
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!loadRouter || !isPlain) return;
    event.preventDefault();
    loadRouter().then(
      (lead) => lead(to),
      // Its script can't be had: the browser goes there by itself, and says what is wrong.
      () => location.assign(to),
    );
  };
  const prepare = () => void loadRouter?.().catch(() => {});
  return (
    <a href={to} className={className} onClick={onClick} onPointerEnter={prepare} onFocus={prepare}>
      {children}
    </a>
  );
}
