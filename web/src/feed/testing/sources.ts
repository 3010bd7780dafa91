import type { ServerMessage } from '../protocol';

/** An EventSource whose server is the test. */
export class TestEventSource extends EventTarget {
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  lastEventId = '';

  constructor(readonly url: string) {
    super();
    this.addEventListener('error', (event) => this.onerror?.(event));
  }

  get isOpen(): boolean {
    return this.readyState === 1;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  send(message: ServerMessage, lastEventId = ''): void {
    if (lastEventId !== '') this.lastEventId = lastEventId;
    this.dispatchEvent(
      new MessageEvent(message.type, { data: JSON.stringify(message), lastEventId: this.lastEventId }),
    );
  }

  /** The service's own event of that name. */
  sendError(code: string): void {
    const data = JSON.stringify({ type: 'error', payload: { code, message: code, retryable: false } });
    this.dispatchEvent(new MessageEvent('error', { data }));
  }

  /** The line broke: the browser reconnects by itself. */
  drop(): void {
    this.readyState = 0;
    this.dispatchEvent(new Event('error'));
  }

  /** An HTTP error: the browser gives up. */
  fail(): void {
    this.readyState = 2;
    this.dispatchEvent(new Event('error'));
  }

  close(): void {
    this.readyState = 2;
  }
}

/** A WebSocket whose server is the test. */
export class TestWebSocket {
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  onerror: (() => void) | null = null;

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {}

  get isOpen(): boolean {
    return this.readyState === 1;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  send(message: ServerMessage, cursor = ''): void {
    this.sendText(JSON.stringify(cursor === '' ? message : { ...message, cursor }));
  }

  sendText(data: string): void {
    this.onmessage?.({ data });
  }

  fail(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }

  close(): void {
    this.readyState = 3;
  }
}
