import type { Comment } from '../feed';
import { PageLink } from '../pageLink';
import { useDesk } from './desk';
import { deskStrings as strings } from './strings';

/** On which stream a comment is, with the way to its console; said only where there are several. */
export function StreamOf({
  comment,
  title,
}: {
  comment: Pick<Comment, 'streamId'>;
  title: string | null | undefined;
}) {
  const { streamId } = useDesk();
  if (streamId !== null) return null;
  return (
    <p className="hint stream-of">
      {strings.onStream}{' '}
      <PageLink to={`/streams/${comment.streamId}/moderation`}>
        <bdi>{title ?? comment.streamId}</bdi>
      </PageLink>
    </p>
  );
}
