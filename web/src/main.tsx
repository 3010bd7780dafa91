import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Boundary } from './Boundary';
import { BrokenPage } from './MessagePage';
import { keepPageForOffline } from './offline';
import { leadBy } from './pageLink';
import { strings } from './strings';
import { watchedAt } from './watch/streamAddress';
import { WatchPage } from './watch/WatchPage';
import './styles/base.css';
import './styles/stage.css';
import './styles/chat.css';
import './styles/comments.css';
import './styles/compose.css';
import './styles/popups.css';

document.documentElement.dir = strings.direction;
document.documentElement.lang = strings.language;

const place = document.getElementById('root');
if (!place) throw new Error('index.html has no #root');
const root = createRoot(place);
const show = (page: ReactNode) => root.render(<StrictMode>{page}</StrictMode>);

let routes: Promise<typeof import('./router')> | null = null;
const getRoutes = async () => {
  routes ??= import('./router');
  try {
    return await routes;
  } catch (failure) {
    routes = null;
    throw failure;
  }
};

leadBy(async () => {
  const { router, Routes } = await getRoutes();
  return (address) => void router.navigate({ href: address }).then(() => show(<Routes />));
});

const streamId = watchedAt(location.pathname);
if (streamId !== null)
  show(
    <Boundary>
      <WatchPage streamId={streamId} />
    </Boundary>,
  );
else
  getRoutes().then(
    ({ Routes }) => show(<Routes />),
    () => show(<BrokenPage />),
  );

void keepPageForOffline();
