/** What is in the comment box. It outlives the box: whoever must join again finds it as it was. */
export interface Writing {
  readonly draft: string;
  /** The comment of one's own that is being changed, and the draft that waits meanwhile. */
  readonly editing: { readonly id: string; readonly before: string } | null;
}
