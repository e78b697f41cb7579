// A text field for what a message says.

import { h } from './dom.js';
import { count } from './format.js';

const LONGEST = 10_000;
/** The number of characters that may be left when the field begins to tell it. */
const NEAR = 500;

/**
 * A field whose form a submit button sends. Enter submits, Shift+Enter begins a line, and Escape calls onEscape. The button is disabled while
 * the text is too long.
 */
export function bodyField(properties, { submit, onEscape = () => {} }) {
  const left = h('span', { class: 'left', role: 'status' });
  const text = h('textarea', { rows: '1', autocomplete: 'off', ...properties, onkeydown: onKey, oninput: check });

  function onKey(event) {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      submit.form.requestSubmit();
    } else if (event.key === 'Escape') {
      onEscape();
    }
  }

  function check() {
    const over = [...text.value].length - LONGEST;
    left.textContent = over > -NEAR ? (over > 0 ? `${count(over)} characters too many` : `${count(-over)} characters left`) : '';
    submit.disabled = over > 0;
  }

  function set(value) {
    text.value = value;
    check();
  }

  return { text, left, set };
}
