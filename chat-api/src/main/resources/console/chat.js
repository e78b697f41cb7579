// The view of one chat: its messages as they come and change, a search, and a field to write in.

import { listChanges, listMessages, readChat } from './api.js';
import { messageChanges } from './changes.js';
import { composer } from './composer.js';
import { h, placeholder, skeleton, toast } from './dom.js';
import { count, counted, dayOf } from './format.js';
import { chatHeading } from './heading.js';
import { chatSearch } from './hits.js';
import { messageRow } from './message.js';
import { appAddress } from './route.js';
import { follow } from './stream.js';

const PAGE = 50;
const MOST_SHOWN = 600;
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
  /** The number of the last change that was saved when a stream began. Undefined if nobody can say. */
  let changed;

  const state = h('span', { class: 'state', role: 'status' }, 'Loading');
  const total = h('span', { class: 'muted' });
  const earlier = h('button', { type: 'button', class: 'quiet more', hidden: true, onclick: loadEarlier }, 'Earlier messages');
  const list = h('ol', { class: 'messages', 'aria-label': 'Messages', 'aria-live': 'polite', 'aria-relevant': 'additions' });
  const note = h('div', {}, skeleton(8));
  const writer = composer({
    token, chat,
    onPending: () => { showEdges(); scrollToEnd(); },
    onAccepted: (number) => number <= newest && writer.settle(number),
  });
  const finder = chatSearch({
    token, chat,
    onOpen: () => { log.hidden = pill.hidden = true; },
    onClose: () => { log.hidden = false; showEdges(); },
    onChoose: showAround,
  });
  const changes = messageChanges({ token, chat, rowOf, reload: (number) => refresh(number, number) });
  const heading = chatHeading({ token, chat, outcomeOf: changes.outcomeOf, onRenamed, onDeleted });
  const log = h('div', { class: 'log', tabindex: '0', role: 'region', 'aria-label': 'Messages', onscroll: onScroll }, earlier, list, writer.pending, note);
  const pill = h('button', { type: 'button', class: 'pill', hidden: true, onclick: toEnd });

  root.append(
    h('header', { class: 'chat-head' },
      h('a', { class: 'back', href: appAddress(token) }, '← Chats'),
      heading.title,
      total,
      state,
      heading.buttons,
      finder.form),
    h('div', { class: 'body' }, log, finder.hits, pill),
    writer.form);
  document.addEventListener('keydown', onShortcut);

  // ---- messages

  async function load() {
    try {
      await readAbout();
      const page = await listMessages(token, chat, `?order=desc&limit=${PAGE}`);
      if (closed) return;
      newest = page[0]?.number ?? 0;
      show(page.reverse());
      scrollToEnd();
      onThere();
      stop = follow(token, chat, newest, { onMessage, onChange, onState });
    } catch (problem) {
      if (!closed) fail(problem);
    }
  }

  /** Reads the name of the chat and the number of its changes. A lost chat has messages, and neither of the two. */
  async function readAbout() {
    try {
      const about = await readChat(token, chat);
      heading.show(about.name);
      changed ??= about.changes_count;
    } catch (problem) {
      if (problem.type !== 'chat-lost') throw problem;
    }
  }

  function onRenamed() {
    readAbout().catch((problem) => toast(problem.message, 'failure'));
    onThere();
  }

  function onDeleted() {
    // The stream may have told it before.
    if (closed || list.hidden) return;
    list.hidden = true;
    toast(`Chat ${count(chat)} was deleted.`);
    onThere();
    location.hash = appAddress(token);
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
      actions: [404, 410].includes(problem.status) ? [] : [h('button', { type: 'button', onclick: load }, 'Try again')],
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

  function row(message) {
    const item = messageRow(message, { onReply: showAround, onEdit: changes.edit, onDelete: changes.remove });
    changes.dress(item, message);
    return item;
  }

  function rowOf(number) {
    return list.querySelector(`.message[data-number="${number}"]`);
  }

  function showEdges() {
    earlier.hidden = first <= 1;
    total.textContent = counted(newest, 'message', 'messages');
    note.replaceChildren(...(newest === 0 && !writer.pending.hasChildNodes()
      ? [placeholder({ title: 'No messages yet', text: 'Write the first one below.' })]
      : []));
    const label = unread > 0 ? `${counted(unread, 'new message', 'new messages')} ↓` : 'To the newest ↓';
    pill.hidden = atEnd && unread === 0;
    if (!pill.hidden) pill.textContent = label;
  }

  function onMessage(message) {
    newest = Math.max(newest, message.number);
    writer.settle(message.number);
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
      finder.close();
      show(page.reverse());
      atEnd = last >= newest;
      showEdges();
      const target = rowOf(number);
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
    if (now === 'live') catchUp();
    else readAbout().catch(onGone);
  }

  /** A stream that does not come back may be one of a chat that is deleted. */
  function onGone(problem) {
    if (problem.type === 'chat-deleted') onDeleted();
    else if (problem.type === 'app-deleted' && !closed) fail(problem);
  }

  function showState(kind, label) {
    state.className = `state ${kind}`;
    state.textContent = label;
  }

  // ---- changes

  function onChange(change) {
    changes.settle(change);
    if (change.message) replace(change.message);
    // A change without a message is one of the chat itself.
    if (change.message_number === undefined && change.kind === 'edit') onRenamed();
    if (change.message_number === undefined && change.kind === 'delete') onDeleted();
  }

  /** Shows what has been changed while there was no stream. */
  async function catchUp() {
    try {
      while (!closed && changed !== undefined) {
        const page = await listChanges(token, chat, `?after=${changed}&limit=200`);
        if (page.length === 0) return;
        const numbers = page.map((change) => change.message_number).filter((number) => number >= first && number <= last);
        if (numbers.length > 0) await refresh(Math.min(...numbers), Math.max(...numbers));
        changed = page.at(-1).number;
      }
    } catch {
      // The stream breaks when the API is away, and this begins again with the next one.
    }
  }

  /** Reads shown messages again. */
  async function refresh(from, to) {
    try {
      for (let after = from - 1; !closed && after < to;) {
        const page = await listMessages(token, chat, `?after=${after}&limit=${Math.min(PAGE, to - after)}`);
        if (closed || page.length === 0) return;
        page.forEach(replace);
        after = page.at(-1).number;
      }
    } catch (problem) {
      toast(problem.message, 'failure');
    }
  }

  /** Shows a message as it reads now, if it is shown and the row is older. */
  function replace(message) {
    const old = rowOf(message.number);
    if (!old || Number(old.dataset.revision) >= (message.revision ?? 0)) return;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const fresh = row(message);
    old.replaceWith(fresh);
    if (!focused) return;
    const target = fresh.contains(focused) ? focused : (fresh.querySelector('.tools button') ?? fresh);
    target.focus({ preventScroll: true });
  }

  // ---- keyboard

  function onShortcut(event) {
    const typing = event.target.closest?.('input, textarea, dialog');
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      finder.focus();
    } else if (event.key === 'Escape' && finder.contains(event.target)) {
      finder.close();
      writer.focus();
    }
  }

  load();
  return {
    close: () => {
      closed = true;
      stop();
      clearTimeout(retry);
      finder.stop();
      changes.close();
      document.removeEventListener('keydown', onShortcut);
    },
  };
}
