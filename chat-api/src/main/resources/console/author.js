// The name under which the user of this tab writes and changes messages.

import { h } from './dom.js';

const AUTHOR = 'tally.author';

/** The browser keeps the name until the tab closes. It is empty if the user writes under none. */
export const author = {
  get: () => sessionStorage.getItem(AUTHOR) ?? '',
  set: (name) => (name ? sessionStorage.setItem(AUTHOR, name) : sessionStorage.removeItem(AUTHOR)),
};

/** A field for the name. Enter leaves it, and sends nothing. */
export function authorField({ onEnter }) {
  const input = h('input', {
    id: 'author', value: author.get(), maxlength: '128', autocomplete: 'off', spellcheck: 'false', placeholder: 'No name',
    oninput: () => author.set(input.value.trim()),
    onkeydown: (event) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault();
      onEnter();
    },
  });
  return h('div', { class: 'author-field' }, h('label', { for: 'author' }, 'Author'), input);
}
