// Follows the messages of a chat, across lost connections and restarts of the API.

import { streamUrl } from './api.js';

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 15_000;

/**
 * Calls onMessage once for each message after a number, in order, onChange for each edit or deletion, and onState with "live" or "waiting".
 * What is changed while there is no connection may not be told: look for it when the state is "live".
 * A hidden page holds no connection, because a browser allows few connections to one server.
 * Returns a function that stops following.
 */
export function follow(token, chat, after, { onMessage, onChange, onState }) {
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
    // An API that does not tell changes sends no such events.
    for (const kind of ['edit', 'delete']) source.addEventListener(kind, (event) => onChange(JSON.parse(event.data)));
    source.onerror = () => {
      onState('waiting');
      if (source.readyState === EventSource.CLOSED) {
        // After an answer other than 200, a browser does not reconnect by itself.
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
