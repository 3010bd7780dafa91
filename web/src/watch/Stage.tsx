import type { StreamStatus } from '../feed';
import { strings } from '../strings';

interface StageProps {
  title: string;
  description: string | null;
  status: StreamStatus | null;
  viewers: number | null;
}

/** What is being watched. */
export function Stage({ title, description, status, viewers }: StageProps) {
  return (
    <section className="stage" aria-label={title}>
      <p className="brand">{strings.product}</p>
      <div className="stage-caption">
        <p className="stage-facts">
          {status && (
            <span className="status" data-status={status}>
              {strings.status[status]}
            </span>
          )}
          {viewers !== null && <span className="viewers">{strings.watching(viewers)}</span>}
        </p>
        <h1>
          <bdi>{title}</bdi>
        </h1>
        {description && (
          <p className="stage-description">
            <bdi>{description}</bdi>
          </p>
        )}
      </div>
    </section>
  );
}
