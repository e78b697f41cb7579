// What an operator wants to see at a glance, and how it has moved.

import { operations } from './api.js';
import { chart } from './chart.js';
import { h, placeholder, skeleton, whileVisible } from './dom.js';
import { count, counted, duration, perSecond } from './format.js';

const INTERVAL = 2_000;
const SPAN = 5 * 60_000;
/** From here on the oldest job is old, in seconds. */
const OLD = 10;
const MAX_BACKLOG = 100_000;

const orMore = (value) => (value >= MAX_BACKLOG ? `${count(MAX_BACKLOG)} or more` : count(value));

const MEASURES = [
  {
    name: 'Queue depth', value: (view) => view.queue?.depth ?? null, format: count,
    about: 'jobs accepted and not persisted yet',
  },
  {
    name: 'Oldest job', value: (view) => view.queue?.oldest_age_seconds ?? null, format: duration, least: 0.1,
    about: 'since the oldest of them was accepted', alarm: (value) => value >= OLD,
  },
  {
    name: 'Drain rate', value: (view, before) => rate(view, before), format: (value) => `${perSecond(value)}/s`,
    about: 'messages persisted a second',
  },
  {
    name: 'Search backlog', value: (view) => view.outbox_backlog, format: orMore,
    about: 'runs of messages in the outbox',
  },
  {
    name: 'Dead letters', value: (view) => view.queue?.dead_letters ?? null, format: count,
    about: 'jobs that wait for an operator', alarm: (value) => value > 0,
  },
  {
    name: 'Open streams', value: (view) => view.open_streams, format: count, about: 'clients that follow a chat, at this API',
  },
];

function rate(view, before) {
  if (!before || view.persisted_messages < before.persisted_messages) return null;
  const seconds = (Date.parse(view.at) - Date.parse(before.at)) / 1000;
  return seconds > 0 ? (view.persisted_messages - before.persisted_messages) / seconds : null;
}

export function showOperations(root, _, keyNeeded) {
  let closed = false;
  let busy = false;
  let before = null;
  const content = h('div', {}, skeleton(8));
  const note = h('div', { role: 'status' });
  const measures = MEASURES.map((measure) => ({ ...measure, ...card(measure), samples: [] }));
  const partitions = h('ol', { class: 'partitions' });
  const board = [
    h('ul', { class: 'board' }, measures.map((measure) => measure.card)),
    h('section', { class: 'partition-list' },
      h('h2', {}, 'Partitions'),
      h('p', { class: 'muted' }, 'Each is drained by one worker. A bar that stays while others go says that its worker is stuck.'),
      partitions),
  ];

  root.append(h('div', { class: 'page wide' },
    h('h1', { tabindex: '-1' }, 'Operations'),
    h('p', { class: 'muted' }, 'The last five minutes, a look every two seconds.'),
    note, content));

  async function look() {
    if (busy) return;
    busy = true;
    try {
      const view = await operations();
      if (closed) return;
      note.replaceChildren(...absences(view));
      for (const measure of measures) {
        take(measure, Date.parse(view.at), measure.value(view, before));
      }
      if (view.at !== before?.at) before = view;
      showPartitions(view.queue?.partitions ?? []);
      if (content.firstElementChild !== board[0]) content.replaceChildren(...board);
    } catch (problem) {
      if (closed) return;
      if (problem.status === 401) {
        content.replaceChildren(placeholder({
          title: 'This page needs the admin key', text: 'The deployment has one, and only who has it sees how it stands.',
          actions: [h('button', { type: 'button', onclick: keyNeeded }, 'Enter the key')],
        }));
        stop();
        return;
      }
      for (const measure of measures) take(measure, Date.now(), null);
      note.replaceChildren(h('p', { class: 'notice failure' }, `${problem.message} The next look is in two seconds.`));
    } finally {
      busy = false;
    }
  }

  function take(measure, at, value) {
    if (measure.samples.at(-1)?.at === at) return;
    measure.samples = [...measure.samples, { at, value }].filter((sample) => at - sample.at <= SPAN);
    measure.number.textContent = value === null ? '–' : measure.format(value);
    measure.card.classList.toggle('alarm', value !== null && (measure.alarm?.(value) ?? false));
    measure.plot.draw(measure.samples, at);
  }

  function showPartitions(all) {
    const highest = Math.max(1, ...all.map((partition) => partition.depth));
    partitions.replaceChildren(...all.map((partition) => {
      const bar = h('meter', { min: '0', max: highest, value: partition.depth, 'aria-hidden': 'true' });
      return h('li', { class: partition.dead_letters > 0 ? 'alarm' : '' },
        h('span', { class: 'number' }, h('span', { class: 'hidden' }, 'Partition '), partition.partition),
        bar,
        h('span', {}, counted(partition.depth, 'job', 'jobs'),
          partition.dead_letters > 0 && `, ${counted(partition.dead_letters, 'dead letter', 'dead letters')}`));
    }));
  }

  const stop = whileVisible(INTERVAL, look);
  look();
  return {
    update: () => true,
    close: () => {
      closed = true;
      stop();
    },
  };
}

function absences(view) {
  const away = [];
  if (view.queue === null) away.push('Redis does not answer: no writes are accepted, and the queue cannot be seen.');
  if (view.outbox_backlog === null) away.push('MySQL does not answer: writes are accepted and wait in the queue.');
  return away.map((text) => h('p', { class: 'notice failure' }, text));
}

function card({ name, about, format, least }) {
  const number = h('p', { class: 'figure' }, '–');
  const plot = chart({ name, span: SPAN, format, least });
  return {
    number,
    plot,
    card: h('li', { class: 'measure' }, h('h2', {}, name), number, h('p', { class: 'muted' }, about), plot.element),
  };
}
