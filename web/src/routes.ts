/** Which page an address names. */
export type Route = { page: 'watch'; streamId: string } | { page: 'not-found' };

/** The stream that exists in Development, so that the first page is alive. */
const demoStream = 'demo';

export function matchRoute(path: string): Route {
  if (path === '/') return { page: 'watch', streamId: demoStream };
  const streamId = /^\/streams\/([A-Za-z0-9_-]{1,64})\/?$/.exec(path)?.[1];
  return streamId ? { page: 'watch', streamId } : { page: 'not-found' };
}
