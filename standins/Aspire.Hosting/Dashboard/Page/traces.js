// Recent traces, and one of them as a waterfall with its attributes and what was logged within it.

import { byId, clock, colour, duration, element, pairs } from './shared.js';

const pauseMs = 2000;

let shown = false;
let chosen = null;
let timer = null;
let longest = 1;

export function routeTraces(visible, id) {
  shown = visible;
  clearTimeout(timer);
  if (!visible) return;
  if (id && id !== chosen) open(id);
  list();
}

export function tellResources(names) {
  const select = byId('trace-resource');
  for (const name of names.filter((name) => ![...select.options].some((option) => option.value === name))) {
    select.append(element('option', { value: name }, name));
  }
}

async function list() {
  clearTimeout(timer);
  if (!byId('trace-hold').checked || !byId('traces').children.length) {
    const query = new URLSearchParams({ text: byId('trace-text').value, resource: byId('trace-resource').value, atLeastMs: byId('trace-ms').value, errors: byId('trace-errors').checked });
    try {
      const traces = await (await fetch(`api/traces?${query}`)).json();
      longest = Math.max(...traces.map((trace) => trace.ms), 1);
      byId('traces').replaceChildren(...(traces.length ? traces.map(row) : [element('tr', {}, element('td', { colSpan: 4, className: 'empty' }, 'No trace yet, or none that matches.'))]));
    } catch {
      // The host has ended, or is restarting: the summary says so.
    }
  }
  if (shown) timer = setTimeout(list, pauseMs);
}

function row(trace) {
  const bar = element('i', { className: 'bar-of' });
  bar.style.width = `${Math.max(2, 100 * Math.log1p(trace.ms) / Math.log1p(longest))}%`;
  const name = element('button', { type: 'button' }, trace.name);
  const line = element('tr', { className: trace.id === chosen ? 'chosen' : '' },
    element('td', {}, clock(trace.start)),
    element('td', {}, name, element('small', { className: trace.error ? 'bad' : '' }, `${trace.error ? 'failed · ' : ''}${trace.id.slice(0, 8)} · ${trace.spans} spans`)),
    element('td', {}, ...trace.resources.map((one) => element('span', { className: `chip ${colour(one.name)}` }, `${one.name} ${one.spans}`))),
    element('td', {}, duration(trace.ms), bar));
  line.addEventListener('click', () => { location.hash = `#/traces/${trace.id}`; });
  return line;
}

async function open(id) {
  chosen = id;
  const answer = await fetch(`api/traces/${encodeURIComponent(id)}`);
  if (id !== chosen) return;
  byId('span').replaceChildren();
  byId('trace-logs').replaceChildren();
  if (!answer.ok) {
    byId('trace-title').textContent = 'This trace is not kept any more';
    byId('trace-facts').textContent = '';
    byId('waterfall').replaceChildren();
    return;
  }
  const { spans, linkedFrom, logs } = await answer.json();
  const all = [...spans, ...linkedFrom];
  const from = Math.min(...all.map((span) => span.start));
  const whole = Math.max(...all.map((span) => span.start + span.ms)) - from || 1;
  const ordered = tree(spans);
  byId('trace-title').textContent = ordered[0].span.name;
  byId('trace-facts').textContent = `${clock(from)} · ${duration(whole)} · ${spans.length} spans · ${id}`;
  byId('waterfall').replaceChildren(
    ...ordered.map(({ span, depth }) => bar(span, depth, from, whole)),
    ...(linkedFrom.length ? [element('h3', {}, 'Linked from other traces'), ...linkedFrom.map((span) => bar(span, 0, from, whole))] : []));
  if (logs.length) {
    byId('trace-logs').replaceChildren(element('h3', {}, 'Logged within it'), ...logs.map((log) =>
      element('p', { className: /error|critical|fatal/i.test(log.severity) ? 'error' : /warn/i.test(log.severity) ? 'warning' : '' }, element('time', {}, clock(log.t)), element('span', { className: `chip ${colour(log.resource)}` }, log.resource), element('span', {}, log.body))));
  }
  select(ordered[0].span);
}

// Parents before children, children by their start; what has lost its parent stands at the top.
function tree(spans) {
  const known = new Set(spans.map((span) => span.id));
  const children = new Map();
  for (const span of spans) {
    const parent = known.has(span.parent) && span.parent !== span.id ? span.parent : '';
    children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  const ordered = [];
  const walk = (parent, depth) => {
    for (const span of (children.get(parent) ?? []).sort((a, b) => a.start - b.start)) {
      ordered.push({ span, depth });
      walk(span.id, depth + 1);
    }
  };
  walk('', 0);
  return ordered.length ? ordered : spans.map((span) => ({ span, depth: 0 }));
}

function bar(span, depth, from, whole) {
  const piece = element('i', { className: `piece ${colour(span.resource)}${span.error ? ' failed' : ''}` });
  piece.style.left = `${100 * (span.start - from) / whole}%`;
  piece.style.width = `max(3px, ${100 * span.ms / whole}%)`;
  const name = element('span', { className: 'name' }, element('b', { className: colour(span.resource) }, span.resource), ` ${span.name}`);
  name.style.paddingLeft = `${depth * 0.9}rem`;
  const line = element('button', { type: 'button', className: 'span-row' }, name, element('span', { className: 'track' }, piece), element('span', { className: 'ms' }, duration(span.ms)));
  line.setAttribute('role', 'listitem');
  line.addEventListener('click', () => select(span));
  return line;
}

function select(span) {
  const facts = [['Span', span.id], ['Kind', span.kind], ['From', span.scope], ...(span.error ? [['Failed', span.status || 'yes']] : []), ...span.attributes];
  for (const link of span.links) facts.push(['Link', element('a', { href: `#/traces/${link.trace}` }, link.trace)]);
  byId('span').replaceChildren(element('h3', {}, `${span.resource}: ${span.name}`), pairs('variables', facts),
    ...span.events.map((event) => pairs('variables', [[clock(event.t), event.name], ...event.attributes])));
}

for (const id of ['trace-text', 'trace-ms']) byId(id).addEventListener('input', list);
for (const id of ['trace-resource', 'trace-errors', 'trace-hold']) byId(id).addEventListener('change', list);
