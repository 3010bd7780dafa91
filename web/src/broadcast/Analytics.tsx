import { useState } from 'react';
import type { Comment, StreamAnalytics } from '../feed/contracts';
import { useDesk } from '../moderation/desk';
import { useLoaded } from '../moderation/useLoaded';
import { nameOf } from '../watch/comments/nameOf';
import { describeFailure } from '../watch/failure';
import { compactNumber, describeTime } from '../words';
import { Chart, type Series } from './Chart';
import { perMinute, shares } from './figures';
import { ServiceLevels } from './ServiceLevels';
import { broadcastStrings as strings } from './strings';

/** A step is a minute at least: more often nothing new is there. */
const refreshMs = 10_000;

const hourMs = 3_600_000;
const ranges = { hour: hourMs, sixHours: 6 * hourMs, day: 24 * hourMs, all: null } as const;
type Range = keyof typeof ranges;

/** How lively the stream is or was, over time. */
export function Analytics({ isShown }: { isShown: boolean }) {
  const desk = useDesk();
  const [range, setRange] = useState<Range>('all');
  return (
    <section className="analytics" aria-label={strings.analytics}>
      <div className="desk-bar">
        <select
          aria-label={strings.range}
          value={range}
          onChange={(event) => setRange(event.target.value as Range)}
        >
          {(Object.keys(ranges) as Range[]).map((one) => (
            <option key={one} value={one}>
              {strings.ranges[one]}
            </option>
          ))}
        </select>
      </div>
      <Figures key={range} range={range} isShown={isShown} desk={desk} />
      <ServiceLevels isShown={isShown} />
    </section>
  );
}

interface FiguresProps {
  range: Range;
  isShown: boolean;
  desk: ReturnType<typeof useDesk>;
}

function Figures({ range, isShown, desk }: FiguresProps) {
  const [isOver, setOver] = useState(false);
  const load = async () => {
    const length = ranges[range];
    const answer = await desk.api.analytics(length === null ? {} : { from: Date.now() - length });
    if (answer.ok) setOver(!answer.value.isLive);
    return answer;
  };
  const figures = useLoaded(load, isShown, isOver ? undefined : refreshMs);
  const now = figures.value;
  if (!now) return <p className="desk-note">{figures.failure ? describeFailure(figures.failure) : '…'}</p>;
  return (
    <>
      <p className="hint">
        {strings.measuredAt(describeTime(now.measuredAt).short)} {now.isLive && strings.liveNow}
      </p>
      {figures.failure && <p className="problem">{describeFailure(figures.failure)}</p>}
      <Totals totals={now.totals} />
      <div className="charts">
        {chartsOf(now).map(({ title, hint, series, format }) => (
          <Chart key={title} title={title} hint={hint} times={now.times} series={series} format={format} />
        ))}
      </div>
      <TopComments comments={now.topComments} />
    </>
  );
}

function Totals({ totals }: { totals: StreamAnalytics['totals'] }) {
  const all: readonly (readonly [string, string])[] = [
    [strings.comments, totals.comments.toLocaleString()],
    [strings.commenters, totals.commenters.toLocaleString()],
    [strings.reactions, totals.reactions.toLocaleString()],
    [strings.peakViewers, totals.peakViewers.toLocaleString()],
    [strings.sentiment, totals.sentiment === null ? '–' : totals.sentiment.toFixed(2)],
    [strings.heldShare, percent(totals.heldShare)],
    [strings.rejectedShare, percent(totals.rejectedShare)],
  ];
  return (
    <dl className="totals">
      {all.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface ChartOf {
  readonly title: string;
  readonly hint?: string;
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
}

function chartsOf(now: StreamAnalytics): readonly ChartOf[] {
  const { held, rejected } = shares(now);
  return [
    {
      title: strings.commentsPerMinute,
      series: [{ name: strings.comments, values: perMinute(now.comments, now.stepSeconds), tint: 5 }],
      format: compactNumber,
    },
    {
      title: strings.commenters,
      series: [{ name: strings.commenters, values: now.commenters, tint: 6 }],
      format: compactNumber,
    },
    {
      title: strings.viewers,
      series: [
        { name: strings.viewersMean, values: now.viewers, tint: 4 },
        { name: strings.viewersPeak, values: now.peakViewers, tint: 3 },
      ],
      format: compactNumber,
    },
    {
      title: strings.reactions,
      series: [{ name: strings.reactions, values: now.reactions, tint: 0 }],
      format: compactNumber,
    },
    {
      title: strings.sentiment,
      hint: strings.sentimentHint,
      series: [{ name: strings.sentiment, values: now.sentiment, tint: 2, span: [0, 1] }],
      format: (value) => value.toFixed(2),
    },
    {
      title: strings.decided,
      series: [
        { name: strings.held, values: held, tint: 1 },
        { name: strings.rejected, values: rejected, tint: 7 },
      ],
      format: percent,
    },
  ];
}

function TopComments({ comments }: { comments: readonly Comment[] }) {
  return (
    <section className="card" aria-label={strings.topComments}>
      <h2>{strings.topComments}</h2>
      {comments.length === 0 && <p className="hint">{strings.noTopComments}</p>}
      <ol className="acts">
        {comments.map((comment) => (
          <li key={comment.id}>
            <p>
              <bdi className="author">{nameOf(comment)}</bdi>{' '}
              <span className="hint">
                {strings.reactionsOf(
                  Object.values(comment.reactionCounts).reduce((sum, one) => sum + one, 0),
                )}
              </span>
            </p>
            <bdi className="content">{comment.content}</bdi>
          </li>
        ))}
      </ol>
    </section>
  );
}

function percent(share: number): string {
  return share.toLocaleString(undefined, { style: 'percent', maximumFractionDigits: 1 });
}
