// Charts of the chosen resource: small multiples that move along. Every other second it asks for what is new.

import { byId, clock, element, quantity, svg } from './shared.js';

const pauseMs = 2000;
const keptMs = 5 * 60 * 1000; // as much as the host keeps at a point a second
const leastMs = 30 * 1000; // of a program that has just been started
const width = 320;
const height = 84;

// Of what the platform measures, this tells most; everything that a program measures itself is key.
const keyOfPlatform = ['http.server.request.duration', 'http.server.active_requests', 'dotnet.process.cpu.time', 'dotnet.process.memory.working_set', 'dotnet.gc.pause.time'];
const isPlatform = (meter) => meter.startsWith('System.') || meter.startsWith('Microsoft.');

let resource = null;
let timer = null;
let charts = new Map();
let newest = 0;
let shownMs = leastMs;

export function showMetrics(name, shown) {
  clearTimeout(timer);
  if (name !== resource) {
    resource = name;
    charts = new Map();
    newest = 0;
    byId('view-metrics').replaceChildren();
  }
  if (shown) ask(name);
}

async function ask(name) {
  try {
    const answer = await fetch(`api/resources/${encodeURIComponent(name)}/metrics?after=${newest}`);
    const news = await answer.json();
    if (name !== resource) return;
    take(news);
    draw();
  } catch {
    // The host has ended, or is restarting: the summary says so.
  }
  if (name === resource && byId('tab-metrics').getAttribute('aria-selected') === 'true') timer = setTimeout(() => ask(name), pauseMs);
}

function take(news) {
  for (const chart of news) {
    const known = charts.get(chart.name) ?? { ...chart, lines: new Map(), node: null };
    charts.set(chart.name, known);
    for (const { label, points } of chart.lines) {
      const line = known.lines.get(label) ?? [];
      line.push(...points);
      if (points.length) newest = Math.max(newest, points.at(-1)[0]);
      known.lines.set(label, line.filter(([time]) => time > newest - keptMs));
    }
  }
}

const isWanted = (chart) => chart.name.toLowerCase().includes(byId('metric-filter').value.toLowerCase())
  && (byId('metric-scope').value === 'all' || !isPlatform(chart.meter) || keyOfPlatform.includes(chart.name));

function draw() {
  const view = byId('view-metrics');
  const wanted = [...charts.values()].filter(isWanted);
  for (const chart of wanted) chart.node ??= card(chart);
  const nodes = wanted.map((chart) => chart.node.card);
  if (nodes.length !== view.children.length || nodes.some((node, at) => view.children[at] !== node)) {
    view.replaceChildren(...(nodes.length ? nodes : [element('p', { className: 'empty' }, charts.size ? 'No metric matches.' : 'Nothing measured yet: only projects send metrics.')]));
  }
  const oldest = Math.min(newest, ...wanted.flatMap((chart) => [...chart.lines.values()].map((points) => points[0]?.[0] ?? newest)));
  shownMs = Math.max(leastMs, newest - oldest);
  for (const chart of wanted) update(chart);
}

function card(chart) {
  const plot = svg('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': chart.name });
  const legend = element('ul');
  const top = element('span', { className: 'top' });
  const node = element('article', { className: 'chart', title: chart.description },
    element('h3', {}, chart.name), element('div', { className: 'plot' }, plot, top), legend);
  plot.addEventListener('pointermove', (event) => {
    chart.at = newest - shownMs * (1 - event.offsetX / plot.clientWidth);
    update(chart);
  });
  plot.addEventListener('pointerleave', () => { chart.at = null; update(chart); });
  return { card: node, plot, legend, top };
}

const valueAt = (points, at) => {
  if (at == null) return points.at(-1);
  let best = points[0];
  for (const point of points) if (Math.abs(point[0] - at) < Math.abs(best[0] - at)) best = point;
  return best;
};

function update(chart) {
  const { plot, legend, top } = chart.node;
  const lines = [...chart.lines].filter(([, points]) => points.length);
  const most = Math.max(...lines.flatMap(([, points]) => points.map(([, value]) => value)), 0) || 1;
  const perSecond = chart.kind === 'Counter';
  const x = (time) => (width * (time - (newest - shownMs)) / shownMs).toFixed(1);
  const y = (value) => (height - 2 - (height - 6) * Math.max(value, 0) / most).toFixed(1);
  plot.replaceChildren(...lines.map(([, points], at) => svg('polyline', { class: `c${at}`, points: points.map(([time, value]) => `${x(time)},${y(value)}`).join(' ') })));
  if (chart.at != null) plot.append(svg('line', { x1: x(chart.at), x2: x(chart.at), y1: 0, y2: height, class: 'cursor' }));
  top.textContent = chart.at == null ? quantity(most, chart.unit, perSecond) : clock(chart.at).slice(0, 8);
  legend.replaceChildren(...lines.map(([label, points], at) =>
    element('li', { className: `c${at}` }, `${label || 'now'} `, element('b', {}, quantity(valueAt(points, chart.at)[1], chart.unit, perSecond)))));
}

byId('metric-filter').addEventListener('input', draw);
byId('metric-scope').addEventListener('change', draw);
