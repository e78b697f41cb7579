// Draws a line chart of the last minutes as SVG.

import { h, svg } from './dom.js';
import { duration } from './format.js';

const WIDTH = 320;
const HEIGHT = 72;
/** The shortest time that a chart shows, in milliseconds, so that a new line has room. */
const LEAST_SPAN = 60_000;

/**
 * @param name the name of the measure
 * @param span the longest time that the chart shows, in milliseconds
 * @param format writes a value as text
 */
export function chart({ name, span, format, least = 1 }) {
  const line = svg('path', { class: 'line' });
  const area = svg('path', { class: 'area' });
  const dot = svg('circle', { class: 'dot', r: '3', visibility: 'hidden' });
  const picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', class: 'chart' },
    svg('path', { class: 'grid', d: `M0 0.5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - 0.5}H${WIDTH}` }), area, line, dot);
  const top = h('span', {});
  const begin = h('span', {});
  const read = h('output', { class: 'read' });
  const element = h('div', { class: 'plot', onpointermove: onPoint, onpointerleave: () => point(null) },
    picture,
    h('div', { class: 'scale', 'aria-hidden': 'true' }, top, h('span', {}, format(0))),
    h('div', { class: 'times', 'aria-hidden': 'true' }, begin, h('span', {}, 'now')),
    read);
  let samples = [];
  let highest = least;
  let now = 0;
  let shown = LEAST_SPAN;

  const x = (sample) => WIDTH * (1 - (now - sample.at) / shown);
  const y = (value) => HEIGHT - 2 - (HEIGHT - 6) * (value / highest);

  /** Shows samples: {at, value}, where null is an unknown value. */
  function draw(all, at) {
    samples = all;
    now = at;
    shown = Math.min(span, Math.max(LEAST_SPAN, now - samples[0].at));
    begin.textContent = `${duration(Math.round(shown / 1000))} ago`;
    const values = samples.map((sample) => sample.value).filter((value) => value !== null);
    highest = niceAbove(Math.max(least, ...values));
    let lines = '';
    let areas = '';
    let run = [];
    const finish = () => {
      if (run.length === 0) return;
      // A sample alone becomes a line to itself, whose round ends show as a point.
      const points = (run.length === 1 ? [...run, ...run] : run)
        .map((sample) => `${x(sample).toFixed(1)} ${y(sample.value).toFixed(1)}`).join('L');
      lines += `M${points}`;
      areas += `M${x(run[0]).toFixed(1)} ${HEIGHT}L${points}L${x(run.at(-1)).toFixed(1)} ${HEIGHT}Z`;
      run = [];
    };
    for (const sample of samples) {
      if (sample.value === null) finish();
      else run.push(sample);
    }
    finish();
    line.setAttribute('d', lines);
    area.setAttribute('d', areas);
    top.textContent = format(highest);
    const latest = samples.at(-1)?.value ?? null;
    picture.setAttribute('aria-label', latest === null
      ? `${name}: unknown`
      : `${name}: ${format(latest)} now, ${format(Math.max(...values))} at most in this chart`);
  }

  function onPoint(event) {
    const box = picture.getBoundingClientRect();
    const at = now - shown * (1 - (event.clientX - box.left) / box.width);
    const known = samples.filter((sample) => sample.value !== null);
    point(known.reduce((best, sample) =>
      (best === null || Math.abs(sample.at - at) < Math.abs(best.at - at) ? sample : best), null));
  }

  function point(sample) {
    dot.setAttribute('visibility', sample ? 'visible' : 'hidden');
    if (sample) {
      dot.setAttribute('cx', x(sample));
      dot.setAttribute('cy', y(sample.value));
    }
    read.textContent = sample ? `${format(sample.value)}, ${Math.round((now - sample.at) / 1000)} s ago` : '';
  }

  return { element, draw };
}

/** The next of 1, 2, 5, 10, 20… */
function niceAbove(value) {
  const magnitude = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * magnitude).find((step) => step >= value);
}
