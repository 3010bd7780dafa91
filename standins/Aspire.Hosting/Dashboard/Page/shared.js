// What all parts of the page use. Everything that comes from a resource is shown as text nodes, never as markup.

export const byId = (id) => document.getElementById(id);

export const element = (tag, properties = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
};

export const svg = (tag, attributes = {}, ...children) => {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};

export const pairs = (className, entries) => element('dl', { className }, ...entries.flatMap(([key, ...values]) => [element('dt', {}, key), element('dd', {}, ...values)]));

// The viewer's own time, to the millisecond.
export const clock = (ms) => new Date(ms - new Date(ms).getTimezoneOffset() * 60000).toISOString().slice(11, 23);

const round = (value) => {
  const size = Math.abs(value);
  return size >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString('en') : size >= 1 ? value.toFixed(1) : size === 0 ? '0' : value.toPrecision(2);
};

export const duration = (ms) => ms >= 1000 ? `${round(ms / 1000)} s` : ms >= 1 ? `${round(ms)} ms` : `${round(ms * 1000)} µs`;

export function quantity(value, unit, perSecond) {
  const per = perSecond ? '/s' : '';
  if (unit === 's' && !perSecond) return duration(value * 1000);
  if (unit === 'By') {
    const step = value >= 2 ** 30 ? 3 : value >= 2 ** 20 ? 2 : value >= 2 ** 10 ? 1 : 0;
    return `${round(value / 2 ** (10 * step))} ${['B', 'KiB', 'MiB', 'GiB'][step]}${per}`;
  }
  return `${round(value)}${per}`;
}

// The same resource has the same colour everywhere, the first ten of them different ones.
const colours = new Map();
export const colour = (name) => {
  if (!colours.has(name)) colours.set(name, colours.size % 10);
  return `c${colours.get(name)}`;
};
