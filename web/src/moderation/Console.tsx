import { useState } from 'react';
import type { Feed } from '../feed';
import { Audit } from './audit/Audit';
import { LiveList } from './live/LiveList';
import { Sanctions } from './people/Sanctions';
import { ReviewQueue } from './queue/ReviewQueue';
import { Reports } from './reports/Reports';
import { RulesEditor } from './rules/RulesEditor';
import { SettingsForm } from './settings/SettingsForm';
import { deskStrings as strings } from './strings';
import { Tabs } from './Tabs';

/** All that a stream's moderator has at hand; beside the player, or on a page of its own. */
export function Console({ feed }: { feed: Feed }) {
  const [waiting, setWaiting] = useState<number | null>(null);
  return (
    <Tabs
      label={strings.parts}
      tabs={[
        { id: 'live', label: strings.live, render: () => <LiveList feed={feed} /> },
        {
          id: 'queue',
          label: strings.queue,
          count: waiting,
          render: (isShown) => <ReviewQueue isShown={isShown} onCount={setWaiting} />,
        },
        { id: 'reports', label: strings.reports, render: (isShown) => <Reports isShown={isShown} /> },
        { id: 'settings', label: strings.settings, render: (isShown) => <SettingsForm isShown={isShown} /> },
        { id: 'rules', label: strings.rules, render: (isShown) => <RulesEditor isShown={isShown} /> },
        { id: 'bans', label: strings.bans, render: (isShown) => <Sanctions isShown={isShown} /> },
        { id: 'audit', label: strings.audit, render: (isShown) => <Audit isShown={isShown} /> },
      ]}
    />
  );
}
