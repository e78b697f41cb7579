// Reads the view that an address names. Each part has an exact shape, because it becomes part of a request's path.

const ADDRESS = /^#?\/?(?:(operations)|apps(?:\/([0-9a-f]{32})(?:\/chats\/([1-9][0-9]{0,14}))?)?)?\/?$/;

/** The view's name, and the token and chat if it has them. An address that names no view has no name. */
export function read(hash) {
  const match = ADDRESS.exec(hash);
  if (!match) return { name: '' };
  const [, operations, token, chat] = match;
  if (operations) return { name: 'operations' };
  return token ? { name: 'app', token, chat } : { name: 'apps' };
}

/** The address of an app, or of one of its chats. */
export const appAddress = (token, chat) => `#/apps/${token}${chat === undefined ? '' : `/chats/${chat}`}`;

export const isToken = (text) => typeof text === 'string' && /^[0-9a-f]{32}$/.test(text);
