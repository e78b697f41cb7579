// Creates elements. Text stays text: nothing here parses HTML.

const SVG = 'http://www.w3.org/2000/svg';

function build(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An HTML element with attributes, listeners (onclick and the like) and children. */
export const h = (tag, properties = {}, ...children) => build(document.createElement(tag), properties, children);

/** An SVG element, with the same arguments. */
export const svg = (tag, properties = {}, ...children) => build(document.createElementNS(SVG, tag), properties, children);

/** Shows a text for six seconds, and has screen readers read it. */
export function toast(text, kind = '') {
  const note = h('p', { class: `toast ${kind}` }, text);
  document.getElementById('toasts').append(note);
  setTimeout(() => note.remove(), 6000);
}

/** Takes the place of a list that is empty or could not be loaded. */
export function placeholder({ title, text, kind = '', actions = [] }) {
  return h('div', { class: `placeholder ${kind}` },
    svg('svg', { viewBox: '0 0 24 24', 'aria-hidden': 'true' },
      svg('path', { d: kind === 'failure' ? 'M12 4v10M12 19v.5' : 'M5 4v16M9.5 4v16M14 4v16M18.5 4v16M2 17 21.5 7' })),
    h('p', { class: 'placeholder-title' }, title),
    text && h('p', {}, text),
    actions.length > 0 && h('div', { class: 'actions' }, actions));
}

/** Grey lines that stand for content while it loads. */
export function skeleton(lines) {
  return h('div', { class: 'skeleton', role: 'status', 'aria-label': 'Loading' },
    Array.from({ length: lines }, () => h('span', {})));
}

/** Calls a function at an interval while the page is visible. Returns a function that stops this. */
export function whileVisible(milliseconds, action) {
  const timer = setInterval(() => document.hidden || action(), milliseconds);
  return () => clearInterval(timer);
}
