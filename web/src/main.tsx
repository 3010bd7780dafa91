import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { keepPageForOffline } from './offline';
import { router } from './router';
import { strings } from './strings';
import './styles/base.css';
import './styles/stage.css';
import './styles/chat.css';
import './styles/comments.css';
import './styles/compose.css';
import './styles/popups.css';

document.documentElement.dir = strings.direction;
document.documentElement.lang = strings.language;

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

createRoot(root).render(
  <StrictMode>
    <RouterProvider router={router} />
  </StrictMode>,
);

void keepPageForOffline();
