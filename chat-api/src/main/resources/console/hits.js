// The search in a chat.

import { search } from './api.js';
import { h, placeholder, skeleton, toast } from './dom.js';
import { count, marked } from './format.js';

const PAUSE = 250;

/** Calls onOpen when hits take the place of the messages, onClose when they no longer do, and onChoose with the number of a hit. */
export function chatSearch({ token, chat, onOpen, onClose, onChoose }) {
  let timer = 0;
  let searches = 0;
  const words = h('input', { type: 'search', id: 'search', placeholder: 'Search this chat', maxlength: '256', autocomplete: 'off', oninput: onWords });
  const form = h('form', { role: 'search', onsubmit: (event) => { event.preventDefault(); find(); } },
    h('label', { for: 'search', class: 'hidden' }, 'Search this chat'), words);
  const hits = h('div', { class: 'log hits', hidden: true, 'aria-live': 'polite' });

  function onWords() {
    clearTimeout(timer);
    if (words.value.trim() === '') close();
    else timer = setTimeout(find, PAUSE);
  }

  async function find() {
    clearTimeout(timer);
    const wanted = words.value.trim();
    if (wanted === '') return;
    const mine = ++searches;
    onOpen();
    hits.hidden = false;
    if (!hits.hasChildNodes()) hits.append(skeleton(4));
    try {
      const page = await search(token, chat, wanted);
      if (mine !== searches) return;
      const found = h('ol', { class: 'found' });
      hits.replaceChildren(found);
      append(found, page, wanted);
      if (page.json.length === 0) {
        hits.replaceChildren(placeholder({
          title: 'Nothing found', text: `No message in this chat matches “${wanted}”. New messages become searchable after about a second.`,
        }));
      }
    } catch (problem) {
      if (mine === searches) {
        hits.replaceChildren(placeholder({
          kind: 'failure', title: 'The search failed', text: problem.message, actions: [h('button', { type: 'button', onclick: find }, 'Try again')],
        }));
      }
    }
  }

  function append(found, page, wanted) {
    found.append(...page.json.map((hit) =>
      h('li', {},
        h('button', { type: 'button', class: 'hit', onclick: () => onChoose(hit.number) },
          h('span', { class: 'number' }, h('span', { class: 'hidden' }, 'Message '), count(hit.number)),
          h('span', { class: 'hit-text' }, hit.highlight ? marked(hit.highlight) : hit.body)))));
    if (!page.next) return;
    const more = h('button', {
      type: 'button', class: 'quiet more', onclick: async () => {
        try {
          const next = await search(token, chat, wanted, page.next);
          more.remove();
          append(found, next, wanted);
        } catch (problem) {
          toast(problem.message, 'failure');
        }
      },
    }, 'More results');
    hits.append(more);
  }

  function close() {
    stop();
    words.value = '';
    hits.replaceChildren();
    hits.hidden = true;
    onClose();
  }

  /** Ignores the answer to a search that is on its way. */
  function stop() {
    clearTimeout(timer);
    searches++;
  }

  return { form, hits, close, stop, focus: () => words.focus(), contains: (element) => element === words || hits.contains(element) };
}
