// Formats numbers, times and highlighted texts for people.

import { h } from './dom.js';

const number = new Intl.NumberFormat();
const rate = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

export const count = (value) => number.format(value);
export const perSecond = (value) => rate.format(value);
export const counted = (value, one, many) => `${count(value)} ${value === 1 ? one : many}`;
export const clockTime = (instant) => clock.format(new Date(instant));
export const dayOf = (instant) => day.format(new Date(instant));
export const momentOf = (instant) => moment.format(new Date(instant));
export const dateOf = (instant) => date.format(new Date(instant));

export function duration(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${rate.format(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min${seconds % 60 >= 1 ? ` ${Math.floor(seconds % 60)} s` : ''}`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

const ENTITIES = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#x27;': "'", '&#39;': "'", '&#x2F;': '/' };
const unescaped = (text) => text.replace(/&(?:amp|lt|gt|quot|#x27|#39|#x2F);/g, (entity) => ENTITIES[entity]);

/** The nodes of a search's highlight, whose only HTML element is <em>. */
export function marked(highlight) {
  return highlight.split(/(<em>.*?<\/em>)/su).filter(Boolean).map((part) =>
    part.startsWith('<em>') ? h('mark', {}, unescaped(part.slice(4, -5))) : unescaped(part));
}
