// Asks for the admin key.

import { adminKey } from './api.js';
import { h } from './dom.js';

/** Shows the dialog; calls onChange when the key has been changed. */
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
        'Listing and creating apps, and the operations page, need it where the deployment has one. It is kept in this tab only.'),
      h('label', { for: 'key-input' }, 'Key'),
      input,
      h('div', { class: 'actions' },
        adminKey.get() !== '' && h('button', { type: 'button', class: 'quiet', onclick: () => finish('') }, 'Forget it'),
        h('button', { type: 'button', class: 'quiet', onclick: () => dialog.close() }, 'Cancel'),
        h('button', { type: 'submit' }, 'Use this key'))));
  document.body.append(dialog);
  dialog.showModal();
  input.select();
}
