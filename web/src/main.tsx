import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { MessagePage } from './MessagePage';
import { keepPageForOffline } from './offline';
import { matchRoute } from './routes';
import { strings } from './strings';
import './styles/base.css';
import './styles/watch.css';
import { WatchPage } from './watch/WatchPage';

const route = matchRoute(location.pathname);
const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

createRoot(root).render(
  <StrictMode>
    {route.page === 'watch' ? (
      <WatchPage streamId={route.streamId} />
    ) : (
      <MessagePage text={strings.noSuchPage} />
    )}
  </StrictMode>,
);

void keepPageForOffline();
