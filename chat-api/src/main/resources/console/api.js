// Sends requests to chat-api, which serves this page, and to chat-gateway, which accepts writes.

const GATEWAY = document.querySelector('meta[name=gateway]').content;
const TIMEOUT = 20_000;
const KEY = 'tally.admin-key';

/** The reason why a request failed. The status is 0 if no answer came. */
export class Problem extends Error {
  constructor(status, { title, detail, type = '' }, retryAfter) {
    super(detail || title);
    this.status = status;
    this.title = title;
    this.type = type.replace('urn:tally:problem:', '');
    this.retryAfter = retryAfter;
  }
}

/** The browser keeps the admin key until the tab closes. */
export const adminKey = {
  get: () => sessionStorage.getItem(KEY) ?? '',
  set: (key) => (key ? sessionStorage.setItem(KEY, key) : sessionStorage.removeItem(KEY)),
};

async function request(server, path, { method = 'GET', body, headers = {}, admin = false } = {}) {
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (admin && adminKey.get()) headers.Authorization = `Bearer ${adminKey.get()}`;
  let response;
  try {
    response = await fetch(server + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT),
    });
  } catch {
    const who = server === GATEWAY ? `The gateway at ${GATEWAY}` : 'The API';
    throw new Problem(0, { title: 'No answer', detail: `${who} does not answer.` });
  }
  const json = await response.json().catch(() => ({}));
  if (!response.ok) {
    throw new Problem(response.status, { title: response.statusText, ...json }, Number(response.headers.get('Retry-After')) || 0);
  }
  return { json, next: nextOf(response) };
}

/** The query of the page that an answer's Link, which is relative to its URL, names. */
function nextOf(response) {
  const target = /<([^>]+)>; rel="next"/.exec(response.headers.get('Link') ?? '');
  return target ? new URL(target[1], response.url).search : null;
}

const appPath = (token) => `/apps/${encodeURIComponent(token)}`;
const byAuthor = (author) => author && `?author=${encodeURIComponent(author)}`;
const chatPath = (token, chat) => `${appPath(token)}/chats/${chat}`;

export const listApps = (query = '') => request('', `/apps${query}`, { admin: true });
export const createApp = async (name) => (await request('', '/apps', { method: 'POST', body: { name }, admin: true })).json;
export const readApp = async (token) => (await request('', appPath(token))).json;
export const listChats = (token, query = '?order=desc&limit=50') => request('', `${appPath(token)}/chats${query}`);
export const readChat = async (token, chat) => (await request('', chatPath(token, chat))).json;
export const listMessages = async (token, chat, query) => (await request('', `${chatPath(token, chat)}/messages${query}`)).json;
export const listChanges = async (token, chat, query) => (await request('', `${chatPath(token, chat)}/changes${query}`)).json;
export const search = (token, chat, words, query) =>
  request('', `${chatPath(token, chat)}/search${query ?? `?q=${encodeURIComponent(words)}&limit=20`}`);
export const operations = async () => (await request('', '/operations', { admin: true })).json;

/** Sends a write to the gateway, which accepts it once for each key. */
const write = async (method, path, key, body) => (await request(GATEWAY, path, { method, body, headers: { 'Idempotency-Key': key } })).json;

export const createChat = async (token, name, key) =>
  (await write('POST', `${appPath(token)}/chats`, key, name ? { name } : undefined)).chat_number;
export const say = async (token, chat, message, key) => (await write('POST', `${chatPath(token, chat)}/messages`, key, message)).message_number;
export const editMessage = async (token, chat, number, edit, key) =>
  (await write('PATCH', `${chatPath(token, chat)}/messages/${number}`, key, edit)).change_number;
export const deleteMessage = async (token, chat, number, author, key) =>
  (await write('DELETE', `${chatPath(token, chat)}/messages/${number}${byAuthor(author)}`, key)).change_number;

export const renameChat = async (token, chat, edit, key) => (await write('PATCH', chatPath(token, chat), key, edit)).change_number;
export const deleteChat = async (token, chat, author, key) => (await write('DELETE', `${chatPath(token, chat)}${byAuthor(author)}`, key)).change_number;

export const streamUrl = (token, chat, after) => `${chatPath(token, chat)}/messages/stream?after=${after}&changes=true`;

/** A key with which the same write can be sent again and is accepted once. */
export const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
