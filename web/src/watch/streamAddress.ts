/** What the service takes for a stream's id; anything else names no stream, and is not asked for. */
const streamId = '[A-Za-z0-9_-]{1,64}';
const wholeId = new RegExp(`^${streamId}$`);
const watchAddress = new RegExp(`^/streams/(${streamId})/?$`);

export function isStreamId(text: string): boolean {
  return wholeId.test(text);
}

/** The stream whose watch page has this address; null for any other page. */
export function watchedAt(path: string): string | null {
  return watchAddress.exec(path)?.[1] ?? null;
}
