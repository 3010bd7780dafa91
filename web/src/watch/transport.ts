import type { TransportName } from '../feed';

const names: readonly TransportName[] = ['websocket', 'sse', 'poll'];

/** `?transport=` names what the page tries first: for networks that let only one of them through, and to compare them. */
export function transportFrom(search: string): TransportName {
  const wanted = new URLSearchParams(search).get('transport');
  return names.find((name) => name === wanted) ?? 'sse';
}
