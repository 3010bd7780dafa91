import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';

export interface Tab {
  readonly id: string;
  readonly label: string;
  /** How much waits there, if that is known. */
  readonly count?: number | null;
  render(isShown: boolean): ReactNode;
}

interface TabsProps {
  label: string;
  tabs: readonly Tab[];
}

/**
 * One of several panels. The arrow keys go from tab to tab. A panel that was looked at keeps what is in it, such as
 * rules half written.
 */
export function Tabs({ label, tabs }: TabsProps) {
  const id = useId();
  const row = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState(tabs[0]?.id ?? '');
  const [seen, setSeen] = useState<ReadonlySet<string>>(() => new Set([shown]));

  const show = (tab: Tab | undefined) => {
    if (!tab) return;
    setShown(tab.id);
    setSeen((before) => new Set(before).add(tab.id));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1;
    const at = tabs.findIndex((tab) => tab.id === shown);
    const targets: Record<string, number> = {
      ArrowRight: (at + forward + tabs.length) % tabs.length,
      ArrowLeft: (at - forward + tabs.length) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    };
    const target = targets[event.key];
    if (target === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    show(tabs[target]);
    row.current?.querySelectorAll<HTMLElement>('[role="tab"]')[target]?.focus();
  };

  return (
    <>
      <div className="tabs" role="tablist" aria-label={label} ref={row} onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${id}-tab-${tab.id}`}
            aria-controls={`${id}-panel-${tab.id}`}
            aria-selected={tab.id === shown}
            tabIndex={tab.id === shown ? 0 : -1}
            onClick={() => show(tab)}
          >
            {tab.label}
            {tab.count ? <span className="tab-count">{tab.count}</span> : null}
          </button>
        ))}
      </div>
      {tabs.map((tab) => (
        <div
          key={tab.id}
          className="tab-panel"
          role="tabpanel"
          id={`${id}-panel-${tab.id}`}
          aria-labelledby={`${id}-tab-${tab.id}`}
          hidden={tab.id !== shown}
        >
          {seen.has(tab.id) && tab.render(tab.id === shown)}
        </div>
      ))}
    </>
  );
}
