import { useEffect, useRef } from 'react';
import { drawHarbour } from './harbour';

/** Enough for a calm sea; a video's rate would take the machine's power away from the comments. */
const frameMs = 1000 / 12;

/** More pixels than this nobody sees in a soft picture. */
const maxWidth = 1280;

/** A drawn picture in place of a video. It stands still for who wants less motion, and while nobody looks. */
export function TestPicture() {
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const element = canvas.current;
    const pen = element?.getContext('2d');
    if (!element || !pen) return;
    const stillness = matchMedia('(prefers-reduced-motion: reduce)');
    let timer: ReturnType<typeof setTimeout> | undefined;

    const draw = () => {
      clearTimeout(timer);
      drawHarbour(pen, element.width, element.height, stillness.matches ? 0 : performance.now());
      if (!stillness.matches && !document.hidden)
        timer = setTimeout(() => requestAnimationFrame(draw), frameMs);
    };
    const resize = new ResizeObserver(() => {
      const width = Math.min(maxWidth, Math.max(1, Math.round(element.clientWidth)));
      element.width = width;
      element.height = Math.max(
        1,
        Math.round((width * element.clientHeight) / Math.max(1, element.clientWidth)),
      );
      draw();
    });
    resize.observe(element);
    stillness.addEventListener('change', draw);
    document.addEventListener('visibilitychange', draw);
    return () => {
      clearTimeout(timer);
      resize.disconnect();
      stillness.removeEventListener('change', draw);
      document.removeEventListener('visibilitychange', draw);
    };
  }, []);

  return <canvas className="picture" ref={canvas} />;
}
