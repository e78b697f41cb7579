// The row of one message.

import { h } from './dom.js';
import { clockTime, count, momentOf } from './format.js';

/** A row. A message that is neither lost nor deleted can be edited and deleted. */
export function messageRow(message, { onReply, onEdit, onDelete }) {
  const gone = message.lost_at ? 'lost' : message.deleted_at ? 'deleted' : '';
  const target = h('span', { class: 'hidden' }, ` message ${count(message.number)}`);
  return h('li', {
    class: `message ${gone}`, 'data-number': message.number, 'data-at': message.created_at, 'data-revision': message.revision ?? 0, tabindex: '-1',
  },
    h('span', { class: 'number' }, h('span', { class: 'hidden' }, 'Message '), count(message.number)),
    h('div', { class: 'content' },
      message.author && h('span', { class: 'author' }, message.author),
      message.reply_to && h('button', { type: 'button', class: 'link reply', onclick: () => onReply(message.reply_to) },
        `answers message ${count(message.reply_to)}`),
      h('p', {}, { lost: 'This message was lost.', deleted: 'This message was deleted.' }[gone] ?? message.body),
      message.edited_at && !gone
        && h('time', { class: 'edited', datetime: message.edited_at, title: `Edited ${momentOf(message.edited_at)}` }, 'edited')),
    h('time', { datetime: message.created_at }, clockTime(message.created_at)),
    !gone && h('div', { class: 'tools' },
      h('button', { type: 'button', class: 'quiet edit-message', onclick: () => onEdit(message) }, 'Edit', target),
      h('button', { type: 'button', class: 'quiet delete-message', onclick: () => onDelete(message) }, 'Delete', target.cloneNode(true))));
}
