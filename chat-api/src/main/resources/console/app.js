// The view of one app: its chats, and the open chat.

import { createChat, listChats, newKey, readApp } from './api.js';
import { showChat } from './chat.js';
import { h, placeholder, skeleton, toast, whileVisible } from './dom.js';
import { count } from './format.js';
import { forget, remember } from './known.js';
import { appAddress } from './route.js';

const REFRESH = 5_000;

export function showApp(root, { token, chat }) {
  let closed = false;
  let current = null;
  let open = { close: () => {} };
  let older = [];
  const title = h('h1', { tabindex: '-1' }, '…');
  const list = h('div', { class: 'chats' }, skeleton(6));
  const more = h('button', { type: 'button', class: 'quiet more', hidden: true, onclick: loadOlder }, 'Older chats');
  const begin = h('button', { type: 'submit' }, 'New chat');
  const name = h('input', { id: 'chat-name', maxlength: '255', autocomplete: 'off', placeholder: 'Name' });
  const panel = h('section', { class: 'panel', 'aria-label': 'Chat' });
  const layout = h('div', { class: 'app' },
    h('section', { class: 'side', 'aria-label': 'Chats' },
      h('header', {},
        h('a', { class: 'back', href: '#/' }, '← Apps'),
        title,
        h('form', { class: 'new-chat', onsubmit: onNewChat },
          begin, h('label', { for: 'chat-name', class: 'hidden' }, 'Name of the new chat'), name),
        h('div', { class: 'actions' },
          h('button', { type: 'button', class: 'quiet', onclick: onCopy }, 'Copy token'),
          h('button', { type: 'button', class: 'quiet', onclick: onForget }, 'Forget this app'))),
      list, more),
    panel);
  root.append(layout);

  async function onCopy() {
    try {
      await navigator.clipboard.writeText(token);
      toast('Token copied. Anyone with this token can read and write this app.');
    } catch {
      toast(token);
    }
  }

  function onForget() {
    // An answer that is on its way must not make the browser remember the app again.
    closed = true;
    forget(token);
    location.hash = '#/';
    toast('This browser no longer lists the app. The app and its messages stay.');
  }

  async function onNewChat(event) {
    event.preventDefault();
    if (begin.disabled) return;
    begin.disabled = true;
    try {
      location.hash = appAddress(token, await createChat(token, name.value.trim(), newKey()));
      name.value = '';
    } catch (problem) {
      toast(problem.message, 'failure');
    } finally {
      begin.disabled = false;
    }
  }

  async function loadApp() {
    try {
      const app = await readApp(token);
      if (closed) return;
      title.textContent = app.name;
      document.title = `${app.name} – Tally`;
      remember(app);
    } catch (problem) {
      if (closed) return;
      title.textContent = problem.status === 404 ? 'Unknown app' : 'App';
      layout.classList.remove('has-chat');
      panel.replaceChildren(placeholder({
        kind: 'failure', title: problem.title, text: problem.message,
        actions: [h('a', { class: 'button', href: '#/' }, 'Back to apps')],
      }));
    }
  }

  let next = null;

  async function loadChats() {
    try {
      const page = await listChats(token);
      if (closed) return;
      if (older.length === 0) next = page.next;
      const lowest = page.json.at(-1)?.number ?? 0;
      showChats([...page.json, ...older.filter((item) => item.number < lowest)]);
    } catch (problem) {
      if (closed || list.querySelector('li')) return;
      list.replaceChildren(problem.status === 404
        ? ''
        : placeholder({ kind: 'failure', title: 'Could not load the chats', text: problem.message }));
    }
  }

  async function loadOlder() {
    try {
      const page = await listChats(token, next);
      next = page.next;
      older = [...older, ...page.json];
      await loadChats();
    } catch (problem) {
      toast(problem.message, 'failure');
    }
  }

  function showChats(chats) {
    more.hidden = next === null;
    if (chats.length === 0) {
      list.replaceChildren(placeholder({ title: 'No chats yet', text: 'Create the first one.' }));
      return;
    }
    const focused = document.activeElement?.closest?.('.chats a')?.getAttribute('href');
    list.replaceChildren(h('ul', {}, chats.map((item) => {
      const href = appAddress(token, item.number);
      return h('li', {},
        h('a', { href, 'aria-current': String(item.number) === current ? 'page' : null },
          h('span', {}, `Chat ${count(item.number)}`, item.name && ` · ${item.name}`, item.lost_at && h('span', { class: 'muted' }, ' (lost)'),
            item.deleted_at && h('span', { class: 'muted' }, ' (deleted)')),
          h('span', { class: 'badge' }, count(item.messages_count),
            h('span', { class: 'hidden' }, item.messages_count === 1 ? ' message' : ' messages'))));
    })));
    if (focused) list.querySelector(`a[href="${focused}"]`)?.focus({ preventScroll: true });
  }

  function openChat(number) {
    current = number ?? null;
    open.close();
    open = { close: () => {} };
    panel.replaceChildren();
    layout.classList.toggle('has-chat', current !== null);
    for (const link of list.querySelectorAll('a')) {
      if (link.getAttribute('href') === appAddress(token, current)) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    if (current === null) {
      panel.append(placeholder({ title: 'Choose a chat', text: 'New messages appear here as they are written.' }));
    } else {
      open = showChat(panel, { token, chat: current, onThere: loadChats });
    }
  }

  openChat(chat);
  loadApp();
  loadChats();
  const stopRefresh = whileVisible(REFRESH, loadChats);
  return {
    update: (params) => {
      openChat(params.chat);
      (panel.querySelector('h2') ?? title).focus({ preventScroll: true });
      return true;
    },
    close: () => {
      closed = true;
      stopRefresh();
      open.close();
    },
  };
}
