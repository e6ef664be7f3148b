// The panel of filters, the search and the tally as a picture.

// mostValues is how many values of a filter are shown.
const mostValues = 200;

class Panel {
  // change is called when a reader has changed the state.
  constructor(data, state, change) {
    Object.assign(this, { data, state, change, find: '' });
    this.filters = byId('filters');
    this.filters.addEventListener('submit', (event) => event.preventDefault());
    this.search = h('input', { type: 'search', id: 'search', placeholder: 'Search', 'aria-label': 'Search name, key, type, owner, indicator, ID, xid or place',
      autocomplete: 'off', spellcheck: 'false', oninput: () => this.typed() });
    this.sort = h('select', { id: 'sort', 'aria-label': 'Sort by', onchange: () => { state.sort = this.sort.value; change(); } },
      Object.entries(sorts).map(([value, text]) => h('option', { value }, 'Sort: ' + text)));
    this.views = ['list', 'graph'].map((view) => button(view === 'list' ? 'List' : 'Graph', () => { state.view = view; change(true); }, { 'data-view': view }));
    this.toggle = button('Filters', () => this.open(!this.isOpen), { id: 'toggle', 'aria-controls': 'filters' });
    byId('bar').append(this.search, this.toggle, h('div', { class: 'views', role: 'group', 'aria-label': 'View' }, this.views), this.sort);
    this.open(false);
    this.facets = facets.map((facet, i) => this.facet(facet, i));
    this.filters.append(button('Clear filters', () => this.clear(), { id: 'clear' }), ...this.facets.map((facet) => facet.element));
    this.tally();
  }

  open(isOpen) {
    this.isOpen = isOpen;
    this.toggle.setAttribute('aria-expanded', String(isOpen));
    document.body.classList.toggle('filtering', isOpen);
  }

  // typed waits until somebody pauses: a search of a large plan takes a moment.
  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.state.q = this.search.value.trim(); this.change(); }, 120);
  }

  clear() {
    for (const facet of facets) this.state[facet.name].clear();
    this.state.q = '';
    this.change();
  }

  facet(facet, i) {
    const values = h('ul', {});
    const find = h('input', { type: 'search', placeholder: 'Find', 'aria-label': `Find ${facet.title.toLowerCase()}`, oninput: () => { this.facets[i].text = find.value.toLowerCase(); this.values(i); } });
    const element = h('fieldset', { id: 'facet-' + facet.name }, h('legend', {}, facet.title), find, values);
    return { facet, values, find, element, text: '', counts: new Map() };
  }

  // values shows the values of a filter, those of most entries first. A chosen one is
  // always there.
  values(i) {
    const { facet, values, find, element, text, counts } = this.facets[i];
    const chosen = this.state[facet.name];
    const all = new Set([...counts.keys(), ...chosen]);
    let list = [...all].map((value) => ({ value, text: this.data.texts[value] || '(none)', n: counts.get(value) ?? 0 }));
    list.sort((a, b) => b.n - a.n || collator.compare(a.text, b.text));
    element.hidden = list.length === 0 || list.length === 1 && chosen.size === 0 && (facet.name === 'owner' || facet.name === 'type');
    find.hidden = list.length < 12;
    if (text) list = list.filter((value) => chosen.has(value.value) || value.text.toLowerCase().includes(text));
    const focused = document.activeElement?.dataset.value;
    values.replaceChildren(...list.slice(0, mostValues).map(({ value, text: name, n }) => h('li', {}, h('label', {},
      h('input', { type: 'checkbox', 'data-value': `${facet.name}:${value}`, onchange: (event) => {
        if (event.target.checked) chosen.add(value);
        else chosen.delete(value);
        this.change();
      }, checked: chosen.has(value) }),
      h('span', { class: 'value' }, name), h('span', { class: 'number' }, n.toLocaleString('en'))))));
    if (list.length > mostValues) values.append(h('li', { class: 'empty' }, `… and ${list.length - mostValues} more: find them by name`));
    if (focused?.startsWith(facet.name + ':')) values.querySelector(`[data-value="${CSS.escape(focused)}"]`)?.focus();
  }

  // show shows the state, and how many entries each filter would show.
  show(counts) {
    if (document.activeElement !== this.search) this.search.value = this.state.q;
    this.sort.value = this.state.sort;
    for (const view of this.views) view.setAttribute('aria-pressed', String(view.dataset.view === this.state.view));
    let chosen = 0;
    this.facets.forEach((facet, i) => {
      facet.counts = counts[i];
      this.values(i);
      chosen += this.state[facet.facet.name].size;
    });
    this.toggle.textContent = chosen > 0 ? `Filters (${chosen})` : 'Filters';
    byId('clear').disabled = chosen === 0 && this.state.q === '';
  }

  // tally is the tally as a picture: a bar with a part for each action, and what the
  // parts are.
  tally() {
    const shares = this.data.shares.filter((share) => share.n > 0);
    const total = shares.reduce((sum, share) => sum + share.n, 0);
    if (total === 0) return;
    const words = shares.map((share) => `${share.n.toLocaleString('en')} ${share.word}`);
    const bar = h('div', { class: 'shares', role: 'img', 'aria-label': `${plural(total, 'group')}: ${words.join(', ')}` });
    const legend = h('ul', { class: 'legend' });
    shares.forEach((share, i) => {
      const part = h('span', { class: markClass(share.mark) });
      part.style.flexGrow = share.n;
      bar.append(part);
      legend.append(h('li', {}, sign(share.mark, ''), words[i], h('span', { class: 'part' }, ` ${percent(share.n, total)}`)));
    });
    byId('shares').append(bar, legend);
  }
}

// percent never says that a part is all or nothing unless it is.
function percent(n, total) {
  const part = n / total * 100;
  if (n === total) return '100 %';
  if (part < 1) return '< 1 %';
  return `${Math.min(99, Math.round(part))} %`;
}
