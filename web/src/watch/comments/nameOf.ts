interface Named {
  readonly username: string;
  readonly displayName?: string | null;
}

/** The name to show; what one writes behind an @ is always the user name. */
export function nameOf(somebody: Named): string {
  return somebody.displayName || somebody.username;
}
