import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  RouterProvider,
} from '@tanstack/react-router';
import { BrokenPage, MessagePage } from './MessagePage';
import { strings } from './strings';
import { isStreamId } from './watch/streamAddress';
import { WatchPage } from './watch/WatchPage';

const root = createRootRoute({
  notFoundComponent: () => <MessagePage text={strings.noSuchPage} />,
  errorComponent: BrokenPage,
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  // Who comes to watch a stream needs none of it.
  component: lazyRouteComponent(() => import('./pages/HomePage'), 'HomePage'),
});

const stream = createRoute({
  getParentRoute: () => root,
  path: '/streams/$streamId',
  component: function StreamPage() {
    const { streamId } = stream.useParams();
    // Keyed: another stream is another page, nothing of the one before stays.
    return isStreamId(streamId) ? (
      <WatchPage key={streamId} streamId={streamId} />
    ) : (
      <MessagePage text={strings.noSuchStream} />
    );
  },
});

// Of moderators and broadcasters: nobody else loads any of it.
const moderation = createRoute({
  getParentRoute: () => root,
  path: '/streams/$streamId/moderation',
  component: lazyRouteComponent(() => import('./moderation/ModerationPage'), 'ModerationPage'),
});
const moderationOfAll = createRoute({
  getParentRoute: () => root,
  path: '/moderation',
  component: lazyRouteComponent(() => import('./moderation/AllStreamsPage'), 'AllStreamsPage'),
});
const broadcast = createRoute({
  getParentRoute: () => root,
  path: '/streams/$streamId/broadcast',
  component: lazyRouteComponent(() => import('./broadcast/BroadcastPage'), 'BroadcastPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([home, stream, moderation, moderationOfAll, broadcast]),
  defaultPreload: 'intent',
  scrollRestoration: true,
});

export function Routes() {
  return <RouterProvider router={router} />;
}

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
