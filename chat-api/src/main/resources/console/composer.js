// The field to write in, and the messages that are on their way.

import { newKey, say } from './api.js';
import { author, authorField } from './author.js';
import { h, toast } from './dom.js';
import { count } from './format.js';
import { bodyField } from './writing.js';

/** Calls onPending when a message is on its way or no longer is, and onAccepted with its number. */
export function composer({ token, chat, onPending, onAccepted }) {
  const pending = h('ol', { class: 'messages pending', 'aria-label': 'Messages being sent' });
  const send = h('button', { type: 'submit' }, 'Send');
  const field = bodyField({ id: 'text', placeholder: 'Write a message' }, { submit: send });
  const focus = () => field.text.focus();
  const form = h('form', { class: 'composer', onsubmit: onSend },
    authorField({ onEnter: focus }), h('label', { for: 'text', class: 'hidden' }, 'Message'), field.text, field.left, send);

  function onSend(event) {
    event.preventDefault();
    const body = field.text.value;
    if (body.trim() === '' || send.disabled) return;
    const message = { body, author: author.get() || undefined };
    field.set('');
    focus();
    const item = h('li', { class: 'message' },
      h('span', { class: 'number' }, '…'),
      h('div', {}, message.author && h('span', { class: 'author' }, message.author), h('p', {}, body)),
      h('span', { class: 'outcome' }, 'sending'));
    pending.append(item);
    onPending();
    deliver(item, message, newKey());
  }

  /** Sends a message. Each attempt has the same key, so the gateway accepts the message once. */
  async function deliver(item, message, key) {
    const outcome = item.querySelector('.outcome');
    item.classList.remove('failed');
    outcome.replaceChildren('sending');
    try {
      const number = await say(token, chat, message, key);
      item.dataset.number = number;
      item.querySelector('.number').textContent = count(number);
      outcome.replaceChildren('accepted');
      onAccepted(number);
    } catch (problem) {
      item.classList.add('failed');
      outcome.replaceChildren(
        h('span', {}, problem.message), ' ',
        h('button', { type: 'button', class: 'link', onclick: () => deliver(item, message, key) }, 'Try again'), ' ',
        h('button', { type: 'button', class: 'link', onclick: () => { item.remove(); onPending(); } }, 'Discard'));
      toast('Your message was not sent.', 'failure');
    }
  }

  return {
    form,
    pending,
    focus,
    /** Removes a message from the pending ones, because it is among the shown ones now. */
    settle: (number) => pending.querySelector(`[data-number="${number}"]`)?.remove(),
  };
}
