/**
 * A user name for a name somebody typed: lower-case letters, digits, `_` and `-`. Names in other scripts leave
 * nothing of theirs, so they get a number made of their letters: the same name is the same user.
 */
export function usernameFrom(name: string): string {
  const plain = name
    .trim()
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (plain.length >= 2) return plain.slice(0, 32);
  let hash = 0;
  for (const character of name.trim()) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return `viewer-${hash.toString(36)}`;
}
