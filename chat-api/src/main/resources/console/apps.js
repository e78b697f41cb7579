// The view of all apps. Without the admin key, it shows the apps that this browser has opened.

import { createApp, listApps, readApp } from './api.js';
import { h, placeholder, skeleton, toast } from './dom.js';
import { counted, dateOf } from './format.js';
import { knownApps, remember } from './known.js';
import { appAddress } from './route.js';

export function showApps(root, { isUnknown }, keyNeeded) {
  let closed = false;
  const list = h('div', { class: 'apps', 'aria-live': 'polite' }, skeleton(4));
  const name = h('input', { id: 'app-name', name: 'name', maxlength: '255', required: true, autocomplete: 'off', placeholder: 'Acme' });
  const token = h('input', {
    id: 'app-token', name: 'token', required: true, autocomplete: 'off', spellcheck: 'false', pattern: '[0-9a-f]{32}', title: 'A token has 32 characters, from 0 to 9 and a to f.',
  });
  const create = h('button', { type: 'submit' }, 'Create app');

  async function onCreate(event) {
    event.preventDefault();
    create.disabled = true;
    try {
      const app = await createApp(name.value);
      remember(app);
      location.hash = appAddress(app.token);
    } catch (problem) {
      if (problem.status === 401) keyNeeded();
      else toast(problem.message, 'failure');
    } finally {
      create.disabled = false;
    }
  }

  async function onOpen(event) {
    event.preventDefault();
    try {
      const app = await readApp(token.value.trim());
      remember(app);
      location.hash = appAddress(app.token);
    } catch (problem) {
      toast(problem.message, 'failure');
    }
  }

  async function load() {
    try {
      const page = await listApps('?limit=100');
      if (closed) return;
      if (page.json.length === 0) {
        list.replaceChildren(placeholder({ title: 'No apps yet', text: 'An app holds chats. Create the first one above.' }));
      } else {
        const cards = h('ul', { class: 'cards' });
        // The newest apps are at the end of the list, which may be long.
        const known = page.next ? knownApps() : [];
        if (known.length > 0) {
          list.replaceChildren(
            h('h2', {}, 'Opened in this browser'), h('ul', { class: 'cards' }, known.map(card)), h('h2', {}, 'All apps'), cards);
        } else {
          list.replaceChildren(cards);
        }
        append(cards, page);
      }
    } catch (problem) {
      if (!closed) list.replaceChildren(...failed(problem));
    }
  }

  function append(cards, page) {
    cards.append(...page.json.map(card));
    if (!page.next) return;
    const more = h('button', {
      type: 'button', class: 'quiet more', onclick: async () => {
        try {
          const next = await listApps(page.next);
          more.remove();
          append(cards, next);
        } catch (problem) {
          toast(problem.message, 'failure');
        }
      },
    }, 'More apps');
    list.append(more);
  }

  function failed(problem) {
    if (problem.status !== 401) {
      return [placeholder({
        kind: 'failure', title: 'Could not load the apps', text: problem.message, actions: [h('button', { type: 'button', onclick: load }, 'Try again')],
      })];
    }
    const known = knownApps();
    return [
      h('p', { class: 'notice' },
        'Only admins can list all apps. ',
        h('button', { type: 'button', class: 'link', onclick: keyNeeded }, 'Enter the admin key'),
        known.length > 0 ? ', or choose an app that this browser has opened:' : ', or open an app by its token.'),
      h('ul', { class: 'cards' }, known.map(card)),
    ];
  }

  root.append(
    h('div', { class: 'page' },
      h('h1', { tabindex: '-1' }, 'Apps'),
      isUnknown && h('p', { class: 'notice failure', role: 'alert' },
        'The console has no page at this address. Choose an app here. The address of an app ends with its token, 32 characters from 0 to 9 and a to f, and that of a chat with the number of the chat.'),
      h('div', { class: 'forms' },
        h('form', { onsubmit: onCreate },
          h('label', { for: 'app-name' }, 'New app'),
          h('div', { class: 'field' }, name, create)),
        h('form', { onsubmit: onOpen },
          h('label', { for: 'app-token' }, 'Open by token'),
          h('div', { class: 'field' }, token, h('button', { type: 'submit', class: 'quiet' }, 'Open')))),
      list));
  load();
  return { close: () => { closed = true; } };
}

function card(app) {
  return h('li', {},
    h('a', { class: 'card', href: appAddress(app.token) },
      h('span', { class: 'card-title' }, app.name),
      h('span', { class: 'muted' },
        app.chats_count === undefined ? 'opened in this browser' : counted(app.chats_count, 'chat', 'chats')),
      h('span', { class: 'muted card-foot' },
        app.created_at ? `created ${dateOf(app.created_at)}` : `token ${app.token.slice(0, 8)}…`)));
}
