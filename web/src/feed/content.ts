/** In user-perceived characters, as the service counts. */
export const maxContentLength = 500;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The length a reader sees: a family emoji is one. */
export function contentLength(content: string): number {
  let length = 0;
  for (const _ of segmenter.segment(content.trim())) length++;
  return length;
}
