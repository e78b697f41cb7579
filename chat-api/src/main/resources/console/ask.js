// Asks before something is done that cannot be undone.

import { h } from './dom.js';

/**
 * Shows a dialog. `onYes` does what was asked; if it fails, the dialog says why, and the user may try again. It returns a function to call
 * after the dialog.
 */
export function ask({ title, text, yes, onYes }) {
  const failure = h('p', { class: 'failure', role: 'alert' });
  const act = h('button', { type: 'submit', class: 'danger' }, yes);
  const dialog = h('dialog', { 'aria-labelledby': 'ask-title', 'aria-describedby': 'ask-text', onclose: () => dialog.remove() },
    h('form', { onsubmit: onSubmit },
      h('h2', { id: 'ask-title' }, title),
      h('p', { id: 'ask-text', class: 'muted' }, text),
      failure,
      h('div', { class: 'actions' },
        h('button', { type: 'button', class: 'quiet', autofocus: true, onclick: () => dialog.close() }, 'Cancel'), act)));

  async function onSubmit(event) {
    event.preventDefault();
    if (act.disabled) return;
    act.disabled = true;
    try {
      const next = await onYes();
      dialog.close();
      next();
    } catch (problem) {
      failure.textContent = problem.message;
    } finally {
      act.disabled = false;
    }
  }

  document.body.append(dialog);
  dialog.showModal();
}
