// Edits and deletes the messages of a chat.

import { deleteMessage, newKey } from './api.js';
import { author } from './author.js';
import { ask } from './ask.js';
import { toast } from './dom.js';
import { count } from './format.js';
import { messageEditor } from './editor.js';
import { outcomes, reason } from './outcomes.js';

/** `rowOf` is the shown row of a message, and `reload` reads a message again and shows it. */
export function messageChanges({ token, chat, rowOf, reload }) {
  const editors = new Map();
  const results = outcomes(token, chat);

  function edit(message) {
    const { number } = message;
    if (!editors.has(number)) {
      editors.set(number, messageEditor(token, chat, message, {
        outcomeOf: results.of,
        show: () => reload(number),
        onClose: () => editors.delete(number),
      }));
    }
    editors.get(number).moveTo(rowOf(number), message);
    editors.get(number).focus();
  }

  function remove({ number }) {
    const key = newKey();
    ask({
      title: `Delete message ${count(number)}?`,
      text: 'Its text will be gone for everybody, for good. Its number stays.',
      yes: 'Delete',
      isDangerous: true,
      onYes: async () => {
        const change = await deleteMessage(token, chat, number, author.get(), key);
        return () => follow(number, change);
      },
    });
  }

  /** Shows what has become of a deletion. */
  async function follow(number, change) {
    const row = rowOf(number);
    row?.classList.add('leaving');
    row?.focus({ preventScroll: true });
    const outcome = await results.of(change);
    if (!outcome) return;
    await reload(number);
    rowOf(number)?.classList.remove('leaving');
    if (outcome.effect === 'applied' || outcome.effect === 'none') toast(`Message ${count(number)} was deleted.`);
    else toast(reason(outcome), 'failure');
  }

  return {
    edit,
    remove,
    /** Puts the field of a message that is being edited into its new row. */
    dress: (row, message) => editors.get(message.number)?.moveTo(row, message),
    outcomeOf: results.of,
    settle: results.settle,
    close: results.close,
  };
}
