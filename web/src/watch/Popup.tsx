import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useLayoutEffect,
  useRef,
} from 'react';

interface PopupProps {
  /** What it belongs to: it stands there, and the focus goes back there. */
  anchor: RefObject<HTMLElement | null> | HTMLElement;
  label: string;
  role: 'menu' | 'dialog';
  className?: string;
  /** How many stand beside each other, for the keys up and down. */
  columns?: number;
  onClose(): void;
  children: ReactNode;
}

const marginPx = 8;
const gapPx = 4;

/**
 * Something small above the page, beside what opened it. The browser's own popover: it stands over everything, and
 * goes with Escape or a tap elsewhere. The arrow keys walk through its buttons.
 */
export function Popup({ anchor, label, role, className, columns = 1, onClose, children }: PopupProps) {
  const popup = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  const element = 'current' in anchor ? anchor.current : anchor;

  useLayoutEffect(() => {
    const shown = popup.current;
    if (!shown || !element) return;
    shown.showPopover();
    place(shown, element);
    const resize = new ResizeObserver(() => place(shown, element));
    resize.observe(shown);
    return () => resize.disconnect();
  }, [element]);

  useEffect(() => {
    const shown = popup.current;
    if (!shown) return;
    const onToggle = (event: ToggleEvent) => {
      if (event.newState === 'closed') close.current();
    };
    shown.addEventListener('toggle', onToggle);
    focusables(shown)[0]?.focus();
    return () => {
      shown.removeEventListener('toggle', onToggle);
      // Only when nobody took it: a tap elsewhere means that place.
      if (document.activeElement === document.body || shown.contains(document.activeElement))
        element?.focus();
    };
  }, [element]);

  const onKeyDown = (event: KeyboardEvent) => {
    // Its keys are its own, not those of what it stands over.
    event.stopPropagation();
    const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1;
    const steps: Record<string, number> = {
      ArrowDown: columns,
      ArrowUp: -columns,
      ArrowRight: forward,
      ArrowLeft: -forward,
    };
    const isField = (event.target as HTMLElement).matches('input, select, textarea');
    const step = isField ? undefined : steps[event.key];
    if (event.key === 'Tab' && role === 'menu') close.current();
    if (step === undefined || !popup.current) return;
    event.preventDefault();
    const all = focusables(popup.current);
    const at = all.indexOf(document.activeElement as HTMLElement);
    all[(at + step + all.length * columns) % all.length]?.focus();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it has a role, one of two
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both can have a name
    <div
      className={`popup ${className ?? ''}`}
      ref={popup}
      popover="auto"
      role={role}
      aria-label={label}
      onKeyDown={onKeyDown}
    >
      {children}
    </div>
  );
}

function focusables(element: HTMLElement): HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>('button:enabled, [href]')];
}

/** Below what it belongs to, or above where there is more room; inside the window always. */
function place(popup: HTMLElement, anchor: HTMLElement) {
  const at = anchor.getBoundingClientRect();
  const size = popup.getBoundingClientRect();
  const isRtl = getComputedStyle(popup).direction === 'rtl';
  const left = isRtl ? at.left : at.right - size.width;
  const below = at.bottom + gapPx;
  const fitsBelow = below + size.height <= innerHeight - marginPx;
  const top = fitsBelow ? below : at.top - gapPx - size.height;
  popup.style.left = `${clamp(left, marginPx, innerWidth - marginPx - size.width)}px`;
  popup.style.top = `${clamp(top, marginPx, innerHeight - marginPx - size.height)}px`;
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
