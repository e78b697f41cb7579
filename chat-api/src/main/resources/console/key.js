// Asks for the admin key.

import { adminKey } from './api.js';
import { h } from './dom.js';

/** Shows the dialog. Calls onChange after the user has changed the key. */
export function askForKey(onChange) {
  const input = h('input', {
    id: 'key-input', type: 'password', autocomplete: 'off', spellcheck: 'false', value: adminKey.get(), 'aria-describedby': 'key-help',
  });
  const finish = (key) => {
    adminKey.set(key);
    dialog.close();
    onChange();
  };
  const dialog = h('dialog', { 'aria-labelledby': 'key-title', onclose: () => dialog.remove() },
    h('form', {
      onsubmit: (event) => {
        event.preventDefault();
        finish(input.value.trim());
      },
    },
      h('h2', { id: 'key-title' }, 'Admin key'),
      h('p', { id: 'key-help', class: 'muted' },
        'If this deployment has an admin key, you need it to list and create apps and to see the operations page. The browser forgets the key when you close this tab.'),
      h('label', { for: 'key-input' }, 'Key'),
      input,
      h('div', { class: 'actions' },
        adminKey.get() !== '' && h('button', { type: 'button', class: 'quiet', onclick: () => finish('') }, 'Forget the key'),
        h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Cancel'),
        h('button', { type: 'submit' }, 'Use this key'))));
  document.body.append(dialog);
  dialog.showModal();
  input.select();
}
