// The heading of a chat: its number and name, and what can be done with the chat as a whole.

import { deleteChat, newKey, renameChat } from './api.js';
import { ask } from './ask.js';
import { author } from './author.js';
import { h, toast } from './dom.js';
import { count } from './format.js';
import { reason } from './outcomes.js';

/** `outcomeOf` waits for the change with a number. Calls onRenamed and onDeleted after the chat has changed. */
export function chatHeading({ token, chat, outcomeOf, onRenamed, onDeleted }) {
  let name = '';
  const title = h('h2', { tabindex: '-1' });
  const buttons = h('div', { class: 'chat-tools' },
    h('button', { type: 'button', class: 'quiet', onclick: rename }, 'Rename'),
    h('button', { type: 'button', class: 'quiet', onclick: remove }, 'Delete chat'));

  function rename() {
    const key = newKeys();
    ask({
      title: `Rename chat ${count(chat)}`,
      text: 'Everybody who uses the app sees the name. Without a name, the chat has its number only.',
      field: { label: 'Name', value: name, maxlength: '255' },
      yes: 'Rename',
      onYes: async (wanted) => {
        const change = await renameChat(token, chat, { name: wanted || null, author: author.get() || undefined }, key(wanted));
        return () => follow(change, onRenamed);
      },
    });
  }

  function remove() {
    const key = newKey();
    ask({
      title: `Delete chat ${count(chat)}?`,
      text: 'Its name and its messages will be gone for everybody, for good. Its number stays.',
      yes: 'Delete chat',
      isDangerous: true,
      onYes: async () => {
        const change = await deleteChat(token, chat, author.get(), key);
        return () => follow(change, onDeleted, true);
      },
    });
  }

  async function follow(number, then, isDeletion = false) {
    const change = await outcomeOf(number);
    if (!change) return;
    if (change.effect === 'applied' || (isDeletion && change.effect === 'gone')) then();
    else toast(reason(change), 'failure');
  }

  function show(now = '') {
    name = now;
    title.textContent = name ? `Chat ${count(chat)} · ${name}` : `Chat ${count(chat)}`;
    title.title = name;
  }

  show();
  return { title, buttons, show };
}

/** A key for each text: a repetition has the same, and another text another. */
function newKeys() {
  const keys = new Map();
  return (text) => {
    if (!keys.has(text)) keys.set(text, newKey());
    return keys.get(text);
  };
}
