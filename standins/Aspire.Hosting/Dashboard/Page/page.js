// The dashboard page: a table fed by one event stream, and the chosen resource's log fed by another.

import { byId, clock, element, pairs } from './shared.js';
import { showMetrics } from './metrics.js';
import { routeTraces, tellResources } from './traces.js';

const levels = { debug: 0, info: 1, warning: 2, error: 3 };
const maxLines = 5000; // as many as the host keeps

// --- the resources ---------------------------------------------------------

const resources = new Map();
let chosen = null;

const kind = (r) => r.ready || (r.over && r.style !== 'error') ? 'good' : r.style === 'error' || r.health === 'Unhealthy' && r.wasReady ? 'bad' : 'busy';
const stateText = (r) => r.state !== 'Running' || r.ready ? r.state : r.wasReady ? 'Unhealthy' : 'Running, not healthy yet';
const stateNode = (r) => element('span', { className: `state ${r.state === 'NotStarted' ? '' : kind(r)}` }, stateText(r));
const links = (r) => r.urls.map((u) => u.url.startsWith('http') && u.active
  ? element('a', { href: u.url, target: '_blank', rel: 'noreferrer' }, u.text || u.url)
  : element('small', {}, u.text || u.url));

// --- starting and stopping ---------------------------------------------------

const busy = new Set();

async function command(name, what) {
  busy.add(name);
  byId('complaint').hidden = true;
  showTable();
  showCommands();
  try {
    const answer = await fetch(`api/resources/${encodeURIComponent(name)}/${what}`, { method: 'POST' });
    if (!answer.ok) throw new Error(await answer.text());
  } catch (fault) {
    byId('complaint').textContent = fault.message;
    byId('complaint').hidden = false;
  } finally {
    busy.delete(name);
    showCommands();
  }
}

function showCommands() {
  const r = resources.get(chosen);
  byId('commands').replaceChildren(...(r?.commands ?? []).map((what) => {
    const button = element('button', { type: 'button', className: 'command', disabled: busy.has(r.name) }, what[0].toUpperCase() + what.slice(1));
    button.addEventListener('click', () => command(r.name, what));
    return button;
  }));
}

function row(r) {
  const name = element('button', { type: 'button' }, r.name);
  const line = element('tr', {},
    element('td', {}, name, element('small', {}, r.type)),
    element('td', {}, stateNode(r), ...(r.pid ? [element('small', {}, `pid ${r.pid}`)] : [])),
    element('td', {}, ...links(r)));
  line.classList.toggle('chosen', r.name === chosen);
  name.setAttribute('aria-pressed', String(r.name === chosen));
  line.addEventListener('click', (event) => event.target.closest('a') || choose(r.name));
  return line;
}

function showTable() {
  const sorted = [...resources.values()].sort((a, b) => a.order - b.order);
  const focused = document.activeElement?.closest('#resources button')?.textContent;
  byId('resources').replaceChildren(...sorted.map(row));
  if (focused) [...byId('resources').querySelectorAll('button')].find((b) => b.textContent === focused)?.focus();
  const bad = sorted.filter((r) => kind(r) === 'bad').length;
  const ready = sorted.filter((r) => kind(r) === 'good').length;
  byId('summary').textContent = `${ready} of ${sorted.length} ready${bad ? `, ${bad} in trouble` : ''}`;
  document.title = bad ? `(${bad}!) Local host` : 'Local host';
}

function choose(name) {
  chosen = name;
  if (!location.hash.startsWith('#/')) history.replaceState(null, '', `#${encodeURIComponent(name)}`);
  byId('complaint').hidden = true;
  byId('chosen').textContent = name;
  showTable();
  showAbout();
  showCommands();
  watchLog(name);
  showMetrics(name, metricsAreShown());
}

const feed = new EventSource('api/resources');
feed.onmessage = ({ data }) => {
  const r = JSON.parse(data);
  r.wasReady = r.ready || resources.get(r.name)?.wasReady && r.state === 'Running';
  resources.set(r.name, r);
  const wanted = location.hash.startsWith('#/') ? '' : decodeURIComponent(location.hash.slice(1));
  if (!chosen && (wanted || r.name) === r.name) choose(r.name);
  else showTable();
  tellResources([...resources.values()].filter((one) => one.type === 'Project').map((one) => one.name));
  if (r.name !== chosen) return;
  showAbout();
  showCommands();
};
feed.onerror = () => { byId('summary').textContent = 'The host does not answer: it has ended, or is being restarted.'; };

// --- what is known of the chosen one -----------------------------------------

function showAbout() {
  const r = resources.get(chosen);
  if (!r) return;
  const facts = [['State', stateNode(r)], ['Type', r.type]];
  if (r.pid) facts.push(['Process', String(r.pid)]);
  if (r.started) facts.push(['Started', new Date(r.started).toLocaleTimeString()]);
  if (r.urls.length) facts.push(['Addresses', ...links(r)]);
  if (r.uses.length) facts.push(['Uses', r.uses.join(', ')]);
  for (const check of r.checks) facts.push([`Health: ${check.name}`, check.description ? `${check.status} (${check.description})` : check.status]);
  const parts = [pairs('', facts)];
  if (r.environment.length) parts.push(element('h3', {}, 'Environment'), pairs('variables', r.environment.map((v) => [v.name, v.value])));
  byId('view-about').replaceChildren(...parts);
}

for (const tab of document.querySelectorAll('[role="tab"]')) {
  tab.addEventListener('click', () => {
    for (const other of document.querySelectorAll('[role="tab"]')) {
      other.setAttribute('aria-selected', String(other === tab));
      byId(other.getAttribute('aria-controls')).hidden = other !== tab;
    }
    for (const tools of document.querySelectorAll('.detail .tools')) tools.hidden = tools.dataset.of !== tab.id;
    if (chosen) showMetrics(chosen, metricsAreShown());
  });
}

function metricsAreShown() {
  return byId('tab-metrics').getAttribute('aria-selected') === 'true';
}

// --- its log -------------------------------------------------------------------

let lines = [];
let waiting = [];
let source = null;
let level = 1;
const log = byId('log');

function watchLog(name) {
  source?.close();
  lines = [];
  waiting = [];
  showLog();
  source = new EventSource(`api/resources/${encodeURIComponent(name)}/logs`);
  level = 1;
  source.onmessage = ({ data }) => {
    const line = JSON.parse(data);
    // .NET indents what belongs to the line above: it is as serious as that one.
    level = /^\s/.test(line.text) && line.level === 'info' ? level : levels[line.level];
    line.severity = level;
    if (!waiting.length) requestAnimationFrame(append);
    waiting.push(line);
  };
}

const wanted = (line) => line.severity >= Number(byId('level').value) && line.text.toLowerCase().includes(byId('filter').value.toLowerCase());
const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 30;

function lineNode(line) {
  const text = element('span');
  const search = byId('filter').value.toLowerCase();
  let rest = line.text;
  for (let at; search && (at = rest.toLowerCase().indexOf(search)) >= 0; rest = rest.slice(at + search.length)) {
    text.append(rest.slice(0, at), element('mark', {}, rest.slice(at, at + search.length)));
  }
  text.append(rest);
  const name = Object.keys(levels)[line.severity];
  return element('p', { className: name }, element('time', {}, clock(line.t)), text);
}

function append() {
  const follow = atEnd();
  const fresh = waiting;
  waiting = [];
  const wasEmpty = lines.length === 0;
  lines.push(...fresh);
  if (wasEmpty || lines.length > maxLines) {
    lines = lines.slice(-maxLines);
    showLog(follow);
    return;
  }
  const nodes = fresh.filter(wanted).map(lineNode);
  if (nodes.length) log.querySelector('.empty')?.remove();
  log.append(...nodes);
  settle(follow);
}

function showLog(follow = true) {
  const nodes = lines.filter(wanted).map(lineNode);
  log.replaceChildren(...(nodes.length ? nodes : [element('p', { className: 'empty' }, lines.length ? 'No line matches.' : 'Nothing logged yet.')]));
  settle(follow);
}

function settle(follow) {
  if (follow) log.scrollTop = log.scrollHeight;
  const shown = log.querySelectorAll('p:not(.empty)').length;
  byId('count').textContent = shown === lines.length ? `${shown} lines` : `${shown} of ${lines.length} lines`;
  byId('newest').hidden = atEnd();
}

log.addEventListener('scroll', () => { byId('newest').hidden = atEnd(); });
byId('newest').addEventListener('click', () => { log.scrollTop = log.scrollHeight; });
byId('filter').addEventListener('input', () => showLog());
byId('level').addEventListener('change', () => showLog());

// --- which page -----------------------------------------------------------------

function route() {
  const traces = location.hash.startsWith('#/traces');
  byId('page-resources').hidden = traces;
  byId('page-traces').hidden = !traces;
  byId(traces ? 'to-traces' : 'to-resources').setAttribute('aria-current', 'page');
  byId(traces ? 'to-resources' : 'to-traces').removeAttribute('aria-current');
  routeTraces(traces, location.hash.split('/')[2]);
}

addEventListener('hashchange', route);
route();
