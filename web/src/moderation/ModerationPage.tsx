import { useParams } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { type Feed, openFeed, type Session } from '../feed';
import { Console } from './Console';
import type { Rights } from './deskApi';
import { StreamDesk } from './StreamDesk';
import { deskStrings as strings } from './strings';

const mayModerate = (rights: Rights) => rights.mayModerate;

/** `/streams/:id/moderation`: a stream's console with the whole window for itself. */
export function ModerationPage() {
  const { streamId = '' } = useParams({ strict: false });
  return (
    <StreamDesk key={streamId} streamId={streamId} title={strings.moderationOf} mayEnter={mayModerate}>
      {(session) => <FedConsole streamId={streamId} session={session} />}
    </StreamDesk>
  );
}

function FedConsole({ streamId, session }: { streamId: string; session: Session }) {
  const [feed, setFeed] = useState<Feed | null>(null);
  useEffect(() => {
    const opened = openFeed({ streamId, session });
    setFeed(opened);
    return opened.close;
  }, [streamId, session]);
  return feed && <Console feed={feed} />;
}
