import { createApi } from './feed';

/** What pages ask the service for outside of a feed, as nobody in particular. */
export const api = createApi();
