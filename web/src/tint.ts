/** Colours of names and pictures: `[data-tint]` in base.css. */
const tints = 8;

/** Always the same colour for the same id. */
export function tintOf(id: string): number {
  let hash = 0;
  for (const character of id) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0;
  return hash % tints;
}
