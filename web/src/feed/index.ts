/** The feed core: everything a page needs to show a stream's comments and to take part, free of any framework. */
export { type Answer, type Api, type ApiOptions, createApi, type Failure, type SanctionTerms } from './api';
export { contentLength, maxContentLength } from './content';
export type { FeedEnvironment } from './environment';
export { type Feed, type FeedOptions, type FeedStates, openFeed } from './feed';
export { maxPosts, type PostExtras, type PostOutcome } from './outbox';
export { mentions } from './people';
export type * from './protocol';
export { keepSession, keptSession } from './session';
export type * from './state';
export { initialState, type ReactionBurst } from './store';
export { type Entry, maxComments } from './timeline';
