import { useParams } from '@tanstack/react-router';
import type { Rights } from '../moderation/deskApi';
import { StreamDesk } from '../moderation/StreamDesk';
import { Tabs } from '../moderation/Tabs';
import { Analytics } from './Analytics';
import { Moderators } from './Moderators';
import { StreamSettingsPanel } from './StreamSettingsPanel';
import { broadcastStrings as strings } from './strings';

const mayLook = (rights: Rights) => rights.mayModerate;

/** `/streams/:id/broadcast`: how the stream goes, what is pinned, who moderates, and how it went. */
export function BroadcastPage() {
  const { streamId = '' } = useParams({ strict: false });
  return (
    <StreamDesk key={streamId} streamId={streamId} title={strings.broadcastOf} mayEnter={mayLook}>
      {() => (
        <Tabs
          label={strings.parts}
          tabs={[
            {
              id: 'analytics',
              label: strings.analytics,
              render: (isShown) => <Analytics isShown={isShown} />,
            },
            {
              id: 'settings',
              label: strings.settings,
              render: (isShown) => <StreamSettingsPanel isShown={isShown} />,
            },
            {
              id: 'moderators',
              label: strings.moderators,
              render: (isShown) => <Moderators isShown={isShown} />,
            },
          ]}
        />
      )}
    </StreamDesk>
  );
}
