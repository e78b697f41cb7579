// Remembers the apps that this browser has opened.

import { isToken } from './route.js';

const APPS = 'tally.apps';
const MOST = 50;

export function knownApps() {
  try {
    const apps = JSON.parse(localStorage.getItem(APPS)) ?? [];
    return apps.filter((app) => isToken(app?.token) && typeof app.name === 'string');
  } catch {
    return [];
  }
}

function keep(apps) {
  try {
    localStorage.setItem(APPS, JSON.stringify(apps.slice(0, MOST)));
  } catch {
    // A browser without storage, or a full one, remembers nothing.
  }
}

export function remember({ token, name }) {
  keep([{ token, name }, ...knownApps().filter((app) => app.token !== token)]);
}

export function forget(token) {
  keep(knownApps().filter((app) => app.token !== token));
}
