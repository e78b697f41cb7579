// Remembers the apps that this browser has opened.

const APPS = 'tally.apps';
const MOST = 50;

export function knownApps() {
  try {
    return JSON.parse(localStorage.getItem(APPS)) ?? [];
  } catch {
    return [];
  }
}

export function remember({ token, name }) {
  const others = knownApps().filter((app) => app.token !== token);
  localStorage.setItem(APPS, JSON.stringify([{ token, name }, ...others].slice(0, MOST)));
}
