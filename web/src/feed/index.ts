/** The feed core: everything a page needs to show a stream's comments and to post one, free of any framework. */
export { type Answer, type Failure, getDevToken, getStream, getTicket, postComment } from './api';
export type { ConnectionState } from './connection';
export { type Feed, openFeed } from './feed';
export { contentLength, maxContentLength, PostKeys } from './posting';
export type * from './protocol';
export type { FeedState } from './store';
export { type Entry, maxComments } from './timeline';
