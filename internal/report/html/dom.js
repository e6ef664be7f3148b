// This page shows data of manifests and instances. Nothing of it is markup: all
// elements are made here, and texts become text nodes.

// h makes an element. A property that begins with "on" is a handler, "class" and all
// others are attributes; false and undefined leave one out.
function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ''));
  return element;
}

function byId(id) {
  return document.getElementById(id);
}

function button(text, onclick, properties) {
  return h('button', { type: 'button', onclick, ...properties }, text);
}

// link leads to a page of the instance. An address of another kind stays text.
function link(text, address) {
  if (!/^https?:\/\//.test(address)) return document.createTextNode(text);
  return h('a', { href: address, rel: 'noopener noreferrer', target: '_blank' }, text);
}

// plural is a number with its word.
function plural(n, word) {
  return `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`;
}

// markNames are class names and words for marks. The sign stands beside every colour.
const markNames = {
  '+': ['add', 'added'],
  '~': ['change', 'changed'],
  '-': ['remove', 'removed'],
  '=': ['keep', 'unchanged'],
  '!': ['problem', 'problem'],
  '»': ['skip', 'skipped'],
  '': ['none', ''],
};

function markClass(mark) {
  return 'mark-' + markNames[mark][0];
}

// sign shows a mark. A screen reader says its word.
function sign(mark, word) {
  return h('span', { class: 'sign ' + markClass(mark) },
    h('span', { 'aria-hidden': 'true' }, mark === '-' ? '−' : mark || '\u00a0'),
    h('span', { class: 'spoken' }, (word ?? markNames[mark][1]) + ' '));
}

// say tells a screen reader what has happened.
function say(text) {
  byId('count').textContent = text;
}
