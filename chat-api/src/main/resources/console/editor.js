// The field that takes the place of a message's text while the user changes it.

import { editMessage, newKey } from './api.js';
import { author } from './author.js';
import { h, toast } from './dom.js';
import { count } from './format.js';
import { reason } from './outcomes.js';
import { bodyField } from './writing.js';

/**
 * A field for a message. It keeps what the user has written until a change has had an effect, whatever others do meanwhile.
 *
 * `outcomeOf` waits for the change with a number, `show` shows the message as it reads after a change, and `onClose` is called at the end.
 */
export function messageEditor(token, chat, message, { outcomeOf, show, onClose }) {
  const { number } = message;
  /** The message as the user sees it. Only this revision may be replaced. */
  let seen = message;
  let saving = false;
  /** The last request, which a repetition must equal to have the same key. */
  let attempt = { request: '', key: '' };
  const id = `edit-${number}`;
  const save = h('button', { type: 'submit' }, 'Save');
  const cancel = h('button', { type: 'button', class: 'quiet', onclick: close }, 'Cancel');
  const note = h('p', { class: 'note', role: 'status' });
  const field = bodyField({ id }, { submit: save, onEscape: close });
  const form = h('form', { class: 'edit', onsubmit: onSave },
    note, h('label', { for: id, class: 'hidden' }, `Text of message ${count(number)}`), field.text, field.left,
    h('div', { class: 'actions' }, save, cancel));
  field.set(message.body);

  async function onSave(event) {
    event.preventDefault();
    const body = field.text.value;
    if (saving || save.disabled) return;
    if (body.trim() === '') {
      note.textContent = 'A message needs a text. To remove the message, delete it.';
      return;
    }
    if (body === seen.body) {
      close();
      return;
    }
    setSaving(true);
    try {
      const change = await outcomeOf(await send({ body, author: author.get() || undefined, expected_revision: seen.revision ?? 0 }));
      if (change) await finish(change);
    } catch (problem) {
      note.textContent = problem.message;
    } finally {
      setSaving(false);
    }
  }

  async function send(request) {
    const text = JSON.stringify(request);
    if (attempt.request !== text) attempt = { request: text, key: newKey() };
    const change = await editMessage(token, chat, number, request, attempt.key);
    attempt = { request: '', key: '' };
    return change;
  }

  async function finish(change) {
    await show();
    if (change.effect === 'applied') {
      saving = false;
      close();
      toast(`Message ${count(number)} was changed.`);
      return;
    }
    form.closest('li')?.classList.add('overtaken');
    note.textContent = reason(change);
    if (form.contains(document.activeElement)) field.text.focus();
  }

  function setSaving(now) {
    saving = now;
    field.text.readOnly = now;
    form.classList.toggle('saving', now);
    save.textContent = now ? 'Saving' : 'Save';
    if (now) note.textContent = '';
  }

  function close() {
    if (saving) return;
    const row = form.closest('li');
    const focused = form.contains(document.activeElement);
    form.remove();
    row?.classList.remove('editing', 'overtaken');
    onClose();
    if (focused) (row.querySelector('.tools button') ?? row).focus({ preventScroll: true });
  }

  return {
    focus: () => field.text.focus(),
    /** Moves the field into a row, which shows the message as it reads now. */
    moveTo(row, now) {
      row.classList.add('editing');
      row.querySelector('.content').append(form);
      if (now.revision !== seen.revision && !saving) {
        row.classList.add('overtaken');
        note.textContent = now.deleted_at
          ? 'This message was deleted; your text is below.'
          : 'This message was changed meanwhile; your text is below, and replaces what is said now.';
      }
      save.hidden = Boolean(now.deleted_at);
      seen = now;
    },
  };
}
