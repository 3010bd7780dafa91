import { decodeMessage } from '../decode';
import { banned, type Line, type LineEvents, type LineTarget, liveAddress, type OpenLine } from './transport';

const protocol = 'livecomments.v1.json';

/** Close codes from here to 4999 ask not to come back by itself; those from 4000 on ask to. */
const firstFinalCode = 4500;
const lastFinalCode = 4999;

/** The token was good and is no more: with a newer one the viewer is welcome. */
const tokenExpired = 4502;

/** The user was banned; an error before it says why. */
const bannedCode = 4503;

/** A WebSocket, which only listens: posts go by the REST interface, whatever the transport. */
export const openWebSocketLine: OpenLine = (target: LineTarget, events: LineEvents, environment): Line => {
  const socket = environment.openWebSocket(liveAddress(target, 'ws'), protocol);
  let code: string | null = null;
  let text: string | undefined;
  let retryAfterMs: number | null = null;

  const silence = () => {
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
  };
  socket.onopen = () => events.onOpen();
  socket.onmessage = (event: MessageEvent) => {
    const { message, cursor, error } = decodeMessage(String(event.data));
    if (error) {
      code = error.code;
      text = error.message;
      retryAfterMs = error.retryAfterMs ?? null;
    } else events.onMessage(message, message?.type === 'reset' ? null : cursor);
  };
  socket.onclose = (event: CloseEvent) => {
    silence();
    const isFinal =
      event.code >= firstFinalCode && event.code <= lastFinalCode && event.code !== tokenExpired;
    events.onLost({
      mayReturn: !isFinal,
      code: event.code === tokenExpired ? 'TOKEN_EXPIRED' : event.code === bannedCode ? banned : code,
      message: text,
      retryAfterMs,
    });
  };
  return {
    close: () => {
      silence();
      socket.close();
    },
  };
};
