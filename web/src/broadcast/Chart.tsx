import { useEffect, useId, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { describeTime } from '../words';
import { broadcastStrings as strings } from './strings';

export interface Series {
  readonly name: string;
  /** One for each time; null where there is nothing to tell. */
  readonly values: readonly (number | null)[];
  /** Of the colours in base.css. */
  readonly tint: number;
  /** What the axis goes from and to, whatever is drawn. */
  readonly span?: readonly [number, number];
}

interface ChartProps {
  title: string;
  hint?: string | undefined;
  /** Unix milliseconds, rising. */
  times: readonly number[];
  series: readonly Series[];
  format(value: number): string;
}

const heightPx = 170;

/** Before and behind a time that is alone. */
const aloneSeconds = 300;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

/** A day on an axis of more than one. */
const daysFromMs = 2 * 86_400_000;

/**
 * Lines over time. uPlot draws on a canvas, which has no colours of a style sheet and nothing to read: the colours are
 * taken from the legend, which has them, and the numbers are said in a sentence and in a table.
 */
export function Chart({ title, hint, times, series, format }: ChartProps) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLUListElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [at, setAt] = useState<number | null>(null);
  const [isTableOpen, setTableOpen] = useState(false);
  const scheme = useScheme();
  const names = series.map((one) => one.name).join('\n');
  const latest = useRef({ times, series, format });
  latest.current = { times, series, format };

  // biome-ignore lint/correctness/useExhaustiveDependencies: other lines or colours make another chart; new numbers don't
  useEffect(() => {
    const place = box.current;
    if (!place || !legend.current) return;
    const { series } = latest.current;
    const ink = getComputedStyle(place).color;
    const colours = [...legend.current.children].map((item) => getComputedStyle(item).color);
    const grid = { stroke: `color-mix(in srgb, ${ink} 18%, transparent)`, width: 1 };
    const span = series.find((one) => one.span)?.span;
    const drawn = new uPlot(
      {
        width: place.clientWidth,
        height: heightPx,
        legend: { show: false },
        cursor: { drag: { x: false, y: false }, points: { size: 7 } },
        scales: {
          // A single minute has no width: it stands in the middle of ten.
          x: {
            time: true,
            range: (_, min, max) =>
              latest.current.times.length === 1 ? [min - aloneSeconds, min + aloneSeconds] : [min, max],
          },
          // Nothing is a line at the bottom, not one in the middle.
          y: { range: (_, __, max) => (span ? [span[0], span[1]] : [0, max > 0 ? max * 1.08 : 1]) },
        },
        axes: [
          {
            stroke: ink,
            grid,
            ticks: grid,
            space: 80,
            values: (_, splits) =>
              splits.map((split) => {
                const all = latest.current.times;
                const isLong = (all.at(-1) ?? 0) - (all[0] ?? 0) > daysFromMs;
                return (isLong ? day : clock).format(split * 1000);
              }),
          },
          {
            stroke: ink,
            grid,
            ticks: grid,
            size: 52,
            values: (_, splits) => splits.map((split) => latest.current.format(split)),
          },
        ],
        series: [
          {},
          ...series.map((_, index) => ({
            stroke: colours[index] ?? ink,
            width: 2,
            spanGaps: false,
            points: { show: latest.current.times.length < 3 },
          })),
        ],
        hooks: { setCursor: [(one) => setAt(one.cursor.idx ?? null)] },
      },
      dataOf(latest.current.times, series),
      place,
    );
    plot.current = drawn;
    const resize = new ResizeObserver(() => drawn.setSize({ width: place.clientWidth, height: heightPx }));
    resize.observe(place);
    return () => {
      resize.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [names, scheme, times.length < 3]);

  useEffect(() => plot.current?.setData(dataOf(times, series)), [times, series]);

  const pointed = at !== null && at < times.length ? at : null;
  return (
    <figure className="chart" aria-labelledby={id}>
      <figcaption>
        <h2 id={id}>{title}</h2>
        {hint && <p className="hint">{hint}</p>}
        <ul className="chart-legend" ref={legend} aria-hidden="true">
          {series.map((one) => {
            const value = one.values[pointed ?? times.length - 1] ?? null;
            return (
              <li key={one.name} data-tint={one.tint}>
                {series.length > 1 && <span>{one.name} </span>}
                <b>{value === null ? '–' : format(value)}</b>
              </li>
            );
          })}
          {pointed !== null && <li className="chart-time">{describeTime(times[pointed] ?? 0).short}</li>}
        </ul>
      </figcaption>
      <div
        className="chart-box"
        ref={box}
        dir="ltr"
        role="img"
        aria-label={summaryOf(title, series, format)}
      />
      <details onToggle={(event) => setTableOpen(event.currentTarget.open)}>
        <summary>{strings.asTable}</summary>
        {isTableOpen && <Table title={title} times={times} series={series} format={format} />}
      </details>
    </figure>
  );
}

function Table({ title, times, series, format }: Omit<ChartProps, 'hint'>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="scrolls" aria-label={title} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{strings.time}</th>
            {series.map((one) => (
              <th key={one.name} scope="col">
                {one.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((time, index) => (
            <tr key={time}>
              <th scope="row">{describeTime(time).short}</th>
              {series.map((one) => {
                const value = one.values[index] ?? null;
                return <td key={one.name}>{value === null ? '–' : format(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function summaryOf(title: string, series: readonly Series[], format: (value: number) => string): string {
  const parts = series.map((one) => {
    const known = one.values.filter((value) => value !== null);
    const last = known.at(-1);
    return strings.seriesSummary(
      one.name,
      last === undefined ? '–' : format(last),
      last === undefined ? '–' : format(Math.max(...known)),
    );
  });
  return strings.chartSummary(title, parts.join('; '));
}

function dataOf(times: readonly number[], series: readonly Series[]): uPlot.AlignedData {
  return [times.map((time) => time / 1000), ...series.map((one) => [...one.values])];
}

/** Dark or light: the chart is drawn anew when it turns. */
function useScheme(): boolean {
  const [isDark, setDark] = useState(() => matchMedia('(prefers-color-scheme: dark)').matches);
  useEffect(() => {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const onChange = () => setDark(query.matches);
    query.addEventListener('change', onChange);
    return () => query.removeEventListener('change', onChange);
  }, []);
  return isDark;
}
