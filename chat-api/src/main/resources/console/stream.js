// Follows a chat's messages as they come, across lost connections and restarts.

import { streamUrl } from './api.js';

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;

/**
 * Calls onMessage once for each message behind a number, in order, and onState with "live" or "waiting".
 * While the page cannot be seen it holds no connection, of which a browser has few for each server.
 * Returns what ends it.
 */
export function follow(token, chat, after, { onMessage, onState }) {
  let last = after;
  let pause = FIRST_PAUSE;
  let source = null;
  let timer = 0;

  function open() {
    close();
    source = new EventSource(streamUrl(token, chat, last));
    source.onopen = () => {
      pause = FIRST_PAUSE;
      onState('live');
    };
    source.onmessage = (event) => {
      const message = JSON.parse(event.data);
      if (message.number > last) {
        last = message.number;
        onMessage(message);
      }
    };
    source.onerror = () => {
      onState('waiting');
      if (source.readyState === EventSource.CLOSED) {
        // an answer other than 200, after which a browser does not try again by itself
        timer = setTimeout(open, pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    };
  }

  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  function seen() {
    if (document.hidden) close();
    else if (source === null) open();
  }

  document.addEventListener('visibilitychange', seen);
  seen();
  return () => {
    document.removeEventListener('visibilitychange', seen);
    close();
  };
}
