import { expect, test } from 'vitest';
import { matchRoute } from './routes';

test.each([
  ['/', { page: 'watch', streamId: 'demo' }],
  ['/streams/a_B-9', { page: 'watch', streamId: 'a_B-9' }],
  ['/streams/demo/', { page: 'watch', streamId: 'demo' }],
  ['/streams/', { page: 'not-found' }],
  ['/streams/a.b', { page: 'not-found' }],
  ['/streams/%3Cb%3E', { page: 'not-found' }],
  ['/elsewhere', { page: 'not-found' }],
])('%s', (path, route) => expect(matchRoute(path)).toEqual(route));
