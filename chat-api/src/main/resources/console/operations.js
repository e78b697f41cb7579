// The view for operators: the state of queues, outbox and streams over the last minutes.

import { operations } from './api.js';
import { chart } from './chart.js';
import { h, placeholder, skeleton, whileVisible } from './dom.js';
import { count, counted, duration, perSecond } from './format.js';

const INTERVAL = 2_000;
const SPAN = 5 * 60_000;
/** The age of the oldest job that raises an alarm, in seconds. */
const OLD = 10;
const MAX_BACKLOG = 100_000;

const orMore = (value) => (value >= MAX_BACKLOG ? `${count(MAX_BACKLOG)} or more` : count(value));

const MEASURES = [
  {
    name: 'Queue depth', value: (view) => view.queue?.depth ?? null, format: count,
    about: 'jobs that are accepted and not persisted yet',
  },
  {
    name: 'Oldest job', value: (view) => view.queue?.oldest_age_seconds ?? null, format: duration, least: 0.1,
    about: 'age of the oldest of these jobs', alarm: (value) => value >= OLD,
  },
  {
    name: 'Drain rate', value: (view, before) => rate(view, before), format: (value) => `${perSecond(value)}/s`,
    about: 'messages persisted per second',
  },
  {
    name: 'Search backlog', value: (view) => view.outbox_backlog, format: orMore,
    about: 'runs of messages that are not searchable yet',
  },
  {
    name: 'Dead letters', value: (view) => view.queue?.dead_letters ?? null, format: count,
    about: 'jobs that wait for an operator', alarm: (value) => value > 0,
  },
  {
    name: 'Open streams', value: (view) => view.open_streams, format: count, about: 'clients that follow a chat on this API',
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
  // Has the focus, so that a keyboard can scroll: nothing in it has.
  const content = h('div', { role: 'region', 'aria-label': 'State of the deployment', tabindex: '0' }, skeleton(8));
  const note = h('div', { role: 'status' });
  const measures = MEASURES.map((measure) => ({ ...measure, ...card(measure), samples: [] }));
  const partitions = h('ol', { class: 'partitions' });
  const board = [
    h('ul', { class: 'board' }, measures.map((measure) => measure.card)),
    h('section', { class: 'partition-list' },
      h('h2', {}, 'Partitions'),
      h('p', { class: 'muted' }, 'One worker drains each partition. If one bar stays while the others shrink, its worker is stuck.'),
      partitions),
  ];

  root.append(h('div', { class: 'page wide' },
    h('h1', { tabindex: '-1' }, 'Operations'),
    h('p', { class: 'muted' }, 'The last five minutes, updated every two seconds.'),
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
          title: 'This page needs the admin key', text: 'Only admins can see the state of this deployment.',
          actions: [h('button', { type: 'button', onclick: keyNeeded }, 'Enter the key')],
        }));
        stop();
        return;
      }
      for (const measure of measures) take(measure, Date.now(), null);
      note.replaceChildren(h('p', { class: 'notice failure' }, `${problem.message} Trying again in two seconds.`));
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
  if (view.queue === null) away.push('Redis does not answer. The gateway accepts no writes, and the state of the queue is unknown.');
  if (view.outbox_backlog === null) away.push('MySQL does not answer. The gateway accepts writes, and they wait in the queue.');
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
