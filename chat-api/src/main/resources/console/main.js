// Shows the view that the URL names.

import { showApp } from './app.js';
import { showApps } from './apps.js';
import { adminKey } from './api.js';
import { askForKey } from './key.js';
import { showOperations } from './operations.js';
import { read } from './route.js';

const main = document.getElementById('main');
const key = document.getElementById('key');
let view = { name: '', update: () => false, close: () => {} };

function route() {
  const { name, token, chat } = read(location.hash);
  if (name === 'operations') return { name, tab: 'operations', show: showOperations };
  if (name === 'app') return { name: `app ${token}`, tab: 'apps', show: showApp, token, chat };
  return { name: 'apps', tab: 'apps', show: showApps, isUnknown: name === '' };
}

function render({ again = false } = {}) {
  const next = route();
  const first = view.name === '';
  for (const link of document.querySelectorAll('[data-route]')) {
    if (link.dataset.route === next.tab) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  if (!again && view.name === next.name && view.update(next)) return;
  view.close();
  main.replaceChildren();
  document.title = 'Tally';
  view = { name: next.name, update: () => false, ...next.show(main, next, keyNeeded) };
  if (!first && !again) (main.querySelector('h1') ?? main).focus({ preventScroll: true });
}

function showKey() {
  key.textContent = adminKey.get() ? 'Admin key ✓' : 'Admin key';
}

function keyNeeded() {
  askForKey(() => {
    showKey();
    render({ again: true });
  });
}

document.getElementById('skip').addEventListener('click', () => main.focus());
key.addEventListener('click', keyNeeded);
window.addEventListener('hashchange', () => render());
showKey();
render();
