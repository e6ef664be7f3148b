// The list has very many rows, all of one height. Only those in sight are elements.

const rowHeight = 48;

class List {
  // choose is called with the entry of a row that a reader has chosen, open when the
  // details are wanted.
  constructor(element, data, { choose, open }) {
    Object.assign(this, { element, data, choose, open, items: [], cursor: -1, node: -1 });
    this.rows = h('div', { class: 'rows' });
    element.append(this.rows);
    element.tabIndex = 0;
    element.setAttribute('role', 'listbox');
    element.setAttribute('aria-label', 'Groups and objects');
    element.addEventListener('scroll', () => this.draw());
    element.addEventListener('keydown', (event) => this.key(event));
    element.addEventListener('click', (event) => this.click(event));
    new ResizeObserver(() => this.draw()).observe(element);
  }

  // show shows entries. In the order of the plan, each section has a heading.
  show(entries, headings) {
    this.items = [];
    this.count = entries.length;
    let section = -1;
    entries.forEach((entry, i) => {
      if (headings && entry.section !== section) {
        section = entry.section;
        this.items.push({ section, n: 0 });
        this.heading = this.items.at(-1);
      }
      if (headings) this.heading.n++;
      this.items.push({ entry, place: i + 1 });
    });
    this.rows.style.height = this.items.length * rowHeight + 'px';
    this.cursor = this.items.findIndex((item) => item.entry?.node === this.node);
    this.element.scrollTop = 0;
    this.draw();
    if (this.cursor >= 0) this.reveal();
  }

  // select marks the rows of a node.
  select(node) {
    this.node = node;
    if (this.items[this.cursor]?.entry?.node !== node) {
      this.cursor = this.items.findIndex((item) => item.entry?.node === node);
    }
    this.reveal();
    this.draw();
  }

  reveal() {
    if (this.cursor < 0) return;
    const top = this.cursor * rowHeight;
    const { scrollTop, clientHeight } = this.element;
    if (top - rowHeight < scrollTop) this.element.scrollTop = Math.max(0, top - rowHeight);
    else if (top + rowHeight > scrollTop + clientHeight) this.element.scrollTop = top + rowHeight - clientHeight;
  }

  draw() {
    const { scrollTop, clientHeight } = this.element;
    const from = Math.max(0, Math.floor(scrollTop / rowHeight) - 8);
    const to = Math.min(this.items.length, Math.ceil((scrollTop + clientHeight) / rowHeight) + 8);
    const rows = [];
    for (let i = from; i < to; i++) {
      const row = this.items[i].entry ? this.row(i) : this.title(this.items[i]);
      row.style.top = i * rowHeight + 'px';
      rows.push(row);
    }
    if (rows.length === 0) rows.push(h('p', { class: 'empty' }, 'Nothing matches these filters.'));
    this.rows.replaceChildren(...rows);
    if (this.cursor >= from && this.cursor < to) this.element.setAttribute('aria-activedescendant', 'row-' + this.cursor);
    else this.element.removeAttribute('aria-activedescendant');
  }

  title({ section, n }) {
    const { title, total, more } = this.data.sections[section];
    const count = n === total ? total.toLocaleString('en') : `${n.toLocaleString('en')} of ${total.toLocaleString('en')}`;
    return h('div', { class: 'row heading', role: 'presentation' }, h('h2', {}, title), h('span', { class: 'number' }, count), more ? h('span', {}, more) : '');
  }

  row(i) {
    const { entry, place } = this.items[i];
    const selected = entry.node === this.node;
    return h('div', {
      class: 'row entry' + (selected ? ' selected' : ''), role: 'option', id: 'row-' + i, 'data-at': i,
      'aria-selected': String(selected), 'aria-posinset': place, 'aria-setsize': this.count,
    },
    sign(entry.mark, ''),
    h('div', { class: 'what' },
      h('div', { class: 'name' }, entry.name || entry.key || '(no name)'),
      h('div', { class: 'about' }, [entry.word, entry.kind, entry.type].filter(Boolean).join(' '), entry.remark ? ': ' + entry.remark : entry.key && entry.key !== entry.name ? ' · ' + entry.key : '')),
    h('div', { class: 'badges' },
      entry.problems.map((number) => h('span', { class: 'badge' }, this.data.texts[number])),
      entry.changes > 0 ? h('span', { class: 'number', title: plural(entry.changes, 'change') }, entry.changes, h('span', { class: 'spoken' }, entry.changes === 1 ? ' change ' : ' changes ')) : '',
      entry.associations > 0 ? h('span', { class: 'number linked', title: plural(entry.associations, 'association') }, entry.associations, h('span', { class: 'spoken' }, entry.associations === 1 ? ' association' : ' associations')) : ''));
  }

  click(event) {
    const row = event.target.closest('[data-at]');
    if (!row) return;
    this.cursor = Number(row.dataset.at);
    this.choose(this.items[this.cursor].entry);
    this.open();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.element.clientHeight / rowHeight) - 1);
    const last = this.items.length - 1;
    const moves = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key === 'Enter' && this.cursor >= 0) this.open();
    else if (event.key in moves) this.move(moves[event.key]);
    else return;
    event.preventDefault();
  }

  // move moves the selection by so many rows; headings are passed over.
  move(by) {
    const last = this.items.length - 1;
    let at = Math.min(last, Math.max(0, this.cursor + by));
    const step = by < 0 ? -1 : 1;
    while (at >= 0 && at <= last && !this.items[at].entry) at += step;
    if (at < 0) at = this.items.findIndex((item) => item.entry);
    if (!this.items[at]?.entry) return;
    this.cursor = at;
    this.choose(this.items[at].entry);
  }
}
