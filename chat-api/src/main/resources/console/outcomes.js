// Finds out what has become of changes: the gateway only says that it has accepted them.

import { listChanges } from './api.js';

const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 5_000;

const REASONS = {
  conflict: 'Somebody else changed this message first; your text is below.',
  none: 'This message was deleted or changed first, so your change had no effect.',
  pending: 'The message itself is not saved yet, so your change had no effect. Try again later.',
  gone: 'The chat was deleted.',
  lost: 'The server has lost your change. Try again.',
  aside: 'Your change was accepted, but it could not be saved. An operator must look at it.',
};

/** Why a change had no effect, in words for its author. */
export const reason = (change) => REASONS[change.effect] ?? 'Your change had no effect.';

/** The outcomes of the changes of a chat. */
export function outcomes(token, chat) {
  const waiting = new Map();
  let closed = false;

  /** The change with a number, once it is saved. Nothing, if the view was closed before. */
  async function of(number) {
    const told = new Promise((resolve) => { waiting.set(number, resolve); });
    try {
      for (let pause = FIRST_PAUSE; !closed; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
        const change = (await Promise.race([told, after(pause)])) ?? (await look(number));
        if (change) return change;
      }
      return undefined;
    } finally {
      waiting.delete(number);
    }
  }

  async function look(number) {
    try {
      const [next] = await listChanges(token, chat, `?after=${number - 1}&limit=1`);
      // Changes are saved in the order of their numbers, so one that was passed over does not come by itself.
      return next && (next.number === number ? next : { number, effect: 'aside' });
    } catch (problem) {
      if (problem.status === 410) return { number, effect: 'gone' };
      // The API may be away for a while, and the change is accepted.
      return undefined;
    }
  }

  return {
    of,
    /** Tells a change that the stream has brought. */
    settle: (change) => waiting.get(change.number)?.(change),
    close: () => { closed = true; },
  };
}

const after = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
