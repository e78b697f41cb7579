// The view of one chat: its messages as they come, a search, and a field to write in.

import { listMessages, newKey, say, search } from './api.js';
import { h, placeholder, skeleton, toast } from './dom.js';
import { clockTime, count, counted, dayOf, marked } from './format.js';
import { appAddress } from './route.js';
import { follow } from './stream.js';

const PAGE = 50;
const MOST_SHOWN = 600;
const LONGEST = 10_000;
const SEARCH_PAUSE = 250;
/** The distance to the end of the log that counts as its end, in pixels. */
const NEAR = 60;

export function showChat(root, { token, chat, onThere }) {
  let closed = false;
  let stop = () => {};
  let retry = 0;
  /** The numbers of the first and the last shown message; 0 if none is shown. */
  let first = 0;
  let last = 0;
  /** The highest known number of a message. */
  let newest = 0;
  /** Whether the last shown message is the newest. */
  let atEnd = true;
  let unread = 0;

  const state = h('span', { class: 'state', role: 'status' }, 'Loading');
  const total = h('span', { class: 'muted' });
  const words = h('input', { type: 'search', id: 'search', placeholder: 'Search this chat', maxlength: '256', autocomplete: 'off', oninput: onWords });
  const earlier = h('button', { type: 'button', class: 'quiet more', hidden: true, onclick: loadEarlier }, 'Earlier messages');
  const list = h('ol', { class: 'messages', 'aria-label': 'Messages', 'aria-live': 'polite', 'aria-relevant': 'additions' });
  const pending = h('ol', { class: 'messages pending', 'aria-label': 'Messages being sent' });
  const note = h('div', {}, skeleton(8));
  const log = h('div', { class: 'log', tabindex: '0', role: 'region', 'aria-label': 'Messages', onscroll: onScroll }, earlier, list, pending, note);
  const pill = h('button', { type: 'button', class: 'pill', hidden: true, onclick: toEnd });
  const hits = h('div', { class: 'log hits', hidden: true, 'aria-live': 'polite' });
  const text = h('textarea', { id: 'text', rows: '1', placeholder: 'Write a message', autocomplete: 'off', onkeydown: onKey, oninput: onInput });
  const left = h('span', { class: 'left', role: 'status' });
  const send = h('button', { type: 'submit' }, 'Send');

  root.append(
    h('header', { class: 'chat-head' },
      h('a', { class: 'back', href: appAddress(token) }, '← Chats'),
      h('h2', { tabindex: '-1' }, `Chat ${count(chat)}`),
      total,
      state,
      h('form', { role: 'search', onsubmit: (event) => { event.preventDefault(); find(); } },
        h('label', { for: 'search', class: 'hidden' }, 'Search this chat'), words)),
    h('div', { class: 'body' }, log, hits, pill),
    h('form', { class: 'composer', onsubmit: onSend },
      h('label', { for: 'text', class: 'hidden' }, 'Message'), text, left, send));
  document.addEventListener('keydown', onShortcut);

  // ---- messages

  async function load() {
    try {
      const page = await listMessages(token, chat, `?order=desc&limit=${PAGE}`);
      if (closed) return;
      newest = page[0]?.number ?? 0;
      show(page.reverse());
      scrollToEnd();
      onThere();
      stop = follow(token, chat, newest, { onMessage, onState });
    } catch (problem) {
      if (!closed) fail(problem);
    }
  }

  function fail(problem) {
    if (problem.type === 'not-persisted-yet') {
      showState('waiting', 'Saving');
      note.replaceChildren(placeholder({ title: 'This chat is being saved', text: 'It opens here in a moment.' }));
      retry = setTimeout(load, 1_000);
      return;
    }
    showState('failed', 'Not loaded');
    note.replaceChildren(placeholder({
      kind: 'failure', title: problem.title, text: problem.message,
      actions: problem.status === 404 ? [] : [h('button', { type: 'button', onclick: load }, 'Try again')],
    }));
  }

  /** Replaces the shown messages. */
  function show(messages) {
    list.replaceChildren();
    list.setAttribute('aria-live', 'off');
    first = last = 0;
    messages.forEach(append);
    first = messages[0]?.number ?? 0;
    list.setAttribute('aria-live', 'polite');
    showEdges();
  }

  function append(message) {
    const before = list.lastElementChild;
    if (!before || dayOf(before.dataset.at) !== dayOf(message.created_at)) list.append(dayLine(message));
    list.append(row(message));
    if (first === 0) first = message.number;
    last = message.number;
  }

  const dayLine = (message) =>
    h('li', { class: 'day', 'data-at': message.created_at }, dayOf(message.created_at));

  const row = (message) =>
    h('li', { class: message.lost_at ? 'message lost' : 'message', 'data-number': message.number, 'data-at': message.created_at, tabindex: '-1' },
      h('span', { class: 'number' }, h('span', { class: 'hidden' }, 'Message '), count(message.number)),
      h('div', {},
        message.author && h('span', { class: 'author' }, message.author),
        message.reply_to && h('button', { type: 'button', class: 'link reply', onclick: () => showAround(message.reply_to) },
          `answers message ${count(message.reply_to)}`),
        h('p', {}, message.lost_at ? 'This message was lost.' : message.body)),
      h('time', { datetime: message.created_at }, clockTime(message.created_at)));

  function showEdges() {
    earlier.hidden = first <= 1;
    total.textContent = counted(newest, 'message', 'messages');
    note.replaceChildren(...(newest === 0 && !pending.hasChildNodes()
      ? [placeholder({ title: 'No messages yet', text: 'Write the first one below.' })]
      : []));
    const label = unread > 0 ? `${counted(unread, 'new message', 'new messages')} ↓` : 'To the newest ↓';
    pill.hidden = atEnd && unread === 0;
    if (!pill.hidden) pill.textContent = label;
  }

  function onMessage(message) {
    newest = Math.max(newest, message.number);
    settle(message.number);
    if (message.number <= last) return;
    if (atEnd) {
      const follows = isNearEnd();
      append(message);
      list.lastElementChild.classList.add('fresh');
      if (follows) {
        shorten();
        scrollToEnd();
      } else {
        unread++;
      }
    } else {
      unread++;
    }
    showEdges();
  }

  /** Removes the oldest rows when there are too many. The button loads them again. */
  function shorten() {
    if (list.childElementCount <= MOST_SHOWN) return;
    while (list.childElementCount > MOST_SHOWN - PAGE) list.firstElementChild.remove();
    const head = list.querySelector('.message');
    first = Number(head.dataset.number);
    if (list.firstElementChild === head) head.before(h('li', { class: 'day', 'data-at': head.dataset.at }, dayOf(head.dataset.at)));
  }

  async function loadEarlier() {
    earlier.disabled = true;
    try {
      const page = await listMessages(token, chat, `?order=desc&before=${first}&limit=${PAGE}`);
      if (closed) return;
      const height = log.scrollHeight;
      list.setAttribute('aria-live', 'off');
      if (list.firstElementChild?.classList.contains('day')
        && page.length > 0 && dayOf(page[0].created_at) === dayOf(list.firstElementChild.dataset.at)) {
        list.firstElementChild.remove();
      }
      const rows = [];
      page.reverse().forEach((message, index) => {
        if (index === 0 || dayOf(page[index - 1].created_at) !== dayOf(message.created_at)) rows.push(dayLine(message));
        rows.push(row(message));
      });
      list.prepend(...rows);
      first = page[0]?.number ?? 1;
      log.scrollTop += log.scrollHeight - height;
      list.setAttribute('aria-live', 'polite');
      showEdges();
    } catch (problem) {
      toast(problem.message, 'failure');
    } finally {
      earlier.disabled = false;
    }
  }

  /** Shows a message and the messages around it. */
  async function showAround(number) {
    try {
      let page = await listMessages(token, chat, `?order=desc&before=${number + PAGE / 2}&limit=${PAGE}`);
      // A page of long messages ends early.
      if (!page.some((message) => message.number === number)) {
        page = await listMessages(token, chat, `?order=desc&before=${number + 1}&limit=${PAGE}`);
      }
      if (closed) return;
      closeSearch();
      show(page.reverse());
      atEnd = last >= newest;
      showEdges();
      const target = list.querySelector(`[data-number="${number}"]`);
      target?.classList.add('target');
      target?.scrollIntoView({ block: 'center' });
      target?.focus({ preventScroll: true });
    } catch (problem) {
      toast(problem.message, 'failure');
    }
  }

  async function toEnd() {
    if (!atEnd) {
      try {
        let page;
        do {
          page = await listMessages(token, chat, `?order=desc&limit=${PAGE}`);
          // The stream may already have shown a newer message: load again.
        } while (!closed && (page[0]?.number ?? 0) < newest);
        if (closed) return;
        show(page.reverse());
        newest = last;
        atEnd = true;
      } catch (problem) {
        toast(problem.message, 'failure');
        return;
      }
    }
    unread = 0;
    scrollToEnd();
    showEdges();
  }

  const isNearEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
  const scrollToEnd = () => { log.scrollTop = log.scrollHeight; };

  function onScroll() {
    if (atEnd && unread > 0 && isNearEnd()) {
      unread = 0;
      showEdges();
    }
  }

  function onState(now) {
    showState(now, now === 'live' ? 'Live' : 'Reconnecting');
  }

  function showState(kind, label) {
    state.className = `state ${kind}`;
    state.textContent = label;
  }

  // ---- writing

  function onKey(event) {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send.form.requestSubmit();
    }
  }

  function onInput() {
    const over = [...text.value].length - LONGEST;
    left.textContent = over > -500 ? (over > 0 ? `${count(over)} characters too many` : `${count(-over)} characters left`) : '';
    send.disabled = over > 0;
  }

  function onSend(event) {
    event.preventDefault();
    const body = text.value;
    if (body.trim() === '' || send.disabled) return;
    text.value = '';
    onInput();
    text.focus();
    const item = h('li', { class: 'message' },
      h('span', { class: 'number' }, '…'), h('p', {}, body), h('span', { class: 'outcome' }, 'sending'));
    pending.append(item);
    showEdges();
    scrollToEnd();
    deliver(item, body, newKey());
  }

  /** Sends a message. Each attempt has the same key, so the gateway accepts the message once. */
  async function deliver(item, body, key) {
    const outcome = item.querySelector('.outcome');
    item.classList.remove('failed');
    outcome.replaceChildren('sending');
    try {
      const number = await say(token, chat, body, key);
      item.dataset.number = number;
      item.querySelector('.number').textContent = count(number);
      outcome.replaceChildren('accepted');
      if (number <= newest) settle(number);
    } catch (problem) {
      item.classList.add('failed');
      outcome.replaceChildren(
        h('span', {}, problem.message), ' ',
        h('button', { type: 'button', class: 'link', onclick: () => deliver(item, body, key) }, 'Try again'), ' ',
        h('button', { type: 'button', class: 'link', onclick: () => { item.remove(); showEdges(); } }, 'Discard'));
      toast('Your message was not sent.', 'failure');
    }
  }

  /** Removes a message from the pending ones, because it is among the shown ones now. */
  function settle(number) {
    pending.querySelector(`[data-number="${number}"]`)?.remove();
  }

  // ---- searching

  let searchTimer = 0;
  let searches = 0;

  function onWords() {
    clearTimeout(searchTimer);
    if (words.value.trim() === '') closeSearch();
    else searchTimer = setTimeout(find, SEARCH_PAUSE);
  }

  async function find() {
    clearTimeout(searchTimer);
    const wanted = words.value.trim();
    if (wanted === '') return;
    const mine = ++searches;
    log.hidden = true;
    pill.hidden = true;
    hits.hidden = false;
    if (!hits.hasChildNodes()) hits.append(skeleton(4));
    try {
      const page = await search(token, chat, wanted);
      if (closed || mine !== searches) return;
      const found = h('ol', { class: 'found' });
      hits.replaceChildren(found);
      appendHits(found, page, wanted);
      if (page.json.length === 0) {
        hits.replaceChildren(placeholder({
          title: 'Nothing found', text: `No message in this chat matches “${wanted}”. New messages become searchable after about a second.`,
        }));
      }
    } catch (problem) {
      if (!closed && mine === searches) {
        hits.replaceChildren(placeholder({
          kind: 'failure', title: 'The search failed', text: problem.message, actions: [h('button', { type: 'button', onclick: find }, 'Try again')],
        }));
      }
    }
  }

  function appendHits(found, page, wanted) {
    found.append(...page.json.map((hit) =>
      h('li', {},
        h('button', { type: 'button', class: 'hit', onclick: () => showAround(hit.number) },
          h('span', { class: 'number' }, h('span', { class: 'hidden' }, 'Message '), count(hit.number)),
          h('span', { class: 'hit-text' }, hit.highlight ? marked(hit.highlight) : hit.body)))));
    if (!page.next) return;
    const more = h('button', {
      type: 'button', class: 'quiet more', onclick: async () => {
        try {
          const next = await search(token, chat, wanted, page.next);
          more.remove();
          appendHits(found, next, wanted);
        } catch (problem) {
          toast(problem.message, 'failure');
        }
      },
    }, 'More results');
    hits.append(more);
  }

  function closeSearch() {
    clearTimeout(searchTimer);
    searches++;
    words.value = '';
    hits.replaceChildren();
    hits.hidden = true;
    log.hidden = false;
    showEdges();
  }

  function onShortcut(event) {
    const typing = event.target.closest?.('input, textarea, dialog');
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      words.focus();
    } else if (event.key === 'Escape' && (event.target === words || hits.contains(event.target))) {
      closeSearch();
      text.focus();
    }
  }

  load();
  return {
    close: () => {
      closed = true;
      stop();
      clearTimeout(retry);
      clearTimeout(searchTimer);
      document.removeEventListener('keydown', onShortcut);
    },
  };
}
