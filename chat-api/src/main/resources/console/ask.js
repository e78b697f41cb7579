// Asks before something is done, and for a text if it needs one.

import { h } from './dom.js';

/**
 * Shows a dialog. `onYes` does what was asked, with the text of the field if there is one; if it fails, the dialog says why, and the user may
 * try again. It returns a function to call after the dialog.
 */
export function ask({ title, text, field, yes, isDangerous = false, onYes }) {
  const failure = h('p', { class: 'failure', role: 'alert' });
  const act = h('button', { type: 'submit', class: isDangerous && 'danger' }, yes);
  const cancel = h('button', { type: 'button', class: 'quiet', autofocus: !field, onclick: () => dialog.close() }, 'Cancel');
  const input = field && h('input', { id: 'ask-field', value: field.value, maxlength: field.maxlength, autocomplete: 'off', autofocus: true });
  const dialog = h('dialog', { 'aria-labelledby': 'ask-title', 'aria-describedby': 'ask-text', onclose: () => dialog.remove(), oncancel: onCancel },
    h('form', { onsubmit: onSubmit },
      h('h2', { id: 'ask-title' }, title),
      h('p', { id: 'ask-text', class: 'muted' }, text),
      field && h('label', { for: 'ask-field' }, field.label),
      input,
      failure,
      h('div', { class: 'actions' },
        cancel, act)));

  async function onSubmit(event) {
    event.preventDefault();
    if (act.disabled) return;
    act.disabled = cancel.disabled = true;
    try {
      const next = await onYes(input?.value.trim());
      dialog.close();
      next();
    } catch (problem) {
      failure.textContent = problem.message;
    } finally {
      act.disabled = cancel.disabled = false;
    }
  }

  /** What has been sent cannot be called back. */
  function onCancel(event) {
    if (act.disabled) event.preventDefault();
  }

  document.body.append(dialog);
  dialog.showModal();
}
