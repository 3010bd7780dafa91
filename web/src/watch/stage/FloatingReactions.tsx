import { useEffect, useRef } from 'react';
import type { ReactionType } from '../../feed';
import { reactionGlyphs, reactionTypes } from '../reactions';
import { useWatching } from '../watching';

/** More in the air at once is a curtain before the video, and costs phones their frames. */
const maxInTheAir = 36;

/** Of one message at most so many rise; their number only has to feel right, the counts are exact. */
const maxOfOneMessage = 10;

/** The service gathers taps for so long; those of one message rise one after the other meanwhile. */
const spreadMs = 500;

const riseMs = 3_200;

/** Reactions rise over the video. A picture only: the counts say it in words. Nothing moves for who wants less motion. */
export function FloatingReactions() {
  const { feed } = useWatching();
  const sky = useRef<HTMLDivElement>(null);

  useEffect(
    () =>
      feed.onReactions(({ counts, isMine }) => {
        const layer = sky.current;
        if (!layer || document.hidden || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
        for (const [index, type] of chosen(counts).entries())
          rise(layer, type, isMine ? 0 : (spreadMs * index) / maxOfOneMessage);
      }),
    [feed],
  );

  return <div className="floating-reactions" ref={sky} aria-hidden="true" />;
}

/** As many as may rise, in the proportions of the counts; each type that was used at least once. */
export function chosen(counts: Readonly<Partial<Record<ReactionType, number>>>): ReactionType[] {
  const total = reactionTypes.reduce((sum, type) => sum + (counts[type] ?? 0), 0);
  const share = Math.min(1, maxOfOneMessage / Math.max(1, total));
  return reactionTypes.flatMap((type) => {
    const count = counts[type] ?? 0;
    return count > 0 ? Array<ReactionType>(Math.max(1, Math.floor(count * share))).fill(type) : [];
  });
}

function rise(layer: HTMLElement, type: ReactionType, delayMs: number) {
  if (layer.childElementCount >= maxInTheAir) return;
  const glyph = document.createElement('span');
  glyph.className = 'glyph';
  glyph.textContent = reactionGlyphs[type];
  layer.append(glyph);
  const sway = (Math.random() - 0.5) * 70;
  glyph.style.insetInlineEnd = `${4 + Math.random() * 16}%`;
  const flight = glyph.animate(
    [
      { transform: 'translate(0, 0) scale(0.4)', opacity: 0 },
      { transform: `translate(${sway * 0.3}px, -12cqh) scale(1.1)`, opacity: 1, offset: 0.12 },
      { transform: `translate(${-sway * 0.6}px, -45cqh) scale(1)`, opacity: 0.95, offset: 0.6 },
      { transform: `translate(${sway}px, -82cqh) scale(0.9)`, opacity: 0 },
    ],
    {
      duration: riseMs * (0.85 + Math.random() * 0.3),
      delay: delayMs,
      easing: 'ease-out',
      fill: 'backwards',
    },
  );
  flight.onfinish = () => glyph.remove();
  flight.oncancel = () => glyph.remove();
}
