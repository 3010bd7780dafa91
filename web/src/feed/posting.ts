/**
 * The idempotency keys of one author's posts. A post that failed may still have arrived, so sending the same
 * text again uses the same key; other text, or the same text after it was accepted, is another post.
 */
export class PostKeys {
  #open: { content: string; key: string } | null = null;

  constructor(private readonly newKey: () => string = randomKey) {}

  keyFor(content: string): string {
    if (this.#open?.content !== content) this.#open = { content, key: this.newKey() };
    return this.#open.key;
  }

  /** The post is answered for good: its key must not be used again. */
  settle(): void {
    this.#open = null;
  }
}

/** randomUUID is there in secure contexts only: https and localhost, not http on a home network's address. */
function randomKey(): string {
  if ('randomUUID' in crypto) return crypto.randomUUID();
  const bytes = (crypto as Crypto).getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** In user-perceived characters, as the service counts. */
export const maxContentLength = 500;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The length a reader sees: a family emoji is one. */
export function contentLength(content: string): number {
  let length = 0;
  for (const _ of segmenter.segment(content.trim())) length++;
  return length;
}
