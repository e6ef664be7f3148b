// The details of a node: all that its entries say, and what it is associated with.

class Details {
  constructor(element, data, { follow, back }) {
    Object.assign(this, { element, data, follow, back });
    this.lines = new Lines(data, follow);
  }

  // show shows a node, -1 for none.
  show(number) {
    const node = this.data.nodes[number];
    if (!node) {
      this.element.replaceChildren(h('p', { class: 'empty' }, 'Choose a group to see its changes and what it is associated with.'));
      return;
    }
    this.element.replaceChildren(
      button('← Back to the list', this.back, { class: 'back' }),
      ...describe(this.data, node, this.lines),
      ...this.neighbours(node));
    this.element.scrollTop = 0;
  }

  // neighbours are buttons that lead to the nodes which list an association with a node.
  // Together with the associations of the node itself they are the graph in words.
  neighbours(node) {
    const own = new Set(node.entries.flatMap((entry) => entry.lines.map((line) => line[1])));
    const all = neighbours(this.data, node.number).filter((number) => !own.has(number)).map((number) => this.data.nodes[number]);
    if (all.length === 0) return [];
    const list = (nodes) => h('ul', { class: 'neighbours' }, nodes.map((other) => h('li', {},
      button([sign(other.mark, other.word), h('span', {}, title(other))], () => this.follow(other.number), { class: 'end' }))));
    const shown = list(all.slice(0, most));
    const out = [h('h3', {}, `Associations listed under ${plural(all.length, 'other group')}`), shown];
    if (all.length > most) {
      const more = button(`Show all ${all.length.toLocaleString('en')}`, () => { shown.replaceWith(list(all)); more.remove(); });
      out.push(more);
    }
    return out;
  }
}

// describe is what the entries of a node say. Details and print have the same.
function describe(data, node, lines) {
  const first = node.entries[0];
  const what = first ?? node;
  const out = [h('h2', { class: 'heading' }, sign(what.mark, ''), h('span', { class: 'word' }, [what.word, what.kind, what.type].filter(Boolean).join(' ')), ' ',
    h('span', { class: 'data' }, what.name || '(no name)'))];
  const facts = h('dl', { class: 'facts' });
  const fact = (word, text) => { if (text) facts.append(h('div', {}, h('dt', {}, word), h('dd', {}, text))); };
  fact(first?.reference ? 'Reference' : 'Key', first?.key);
  fact('Owner', what.owner);
  fact('ID', what.id && (what.link ? link(what.id, what.link) : what.id));
  fact('xid', first?.xid);
  fact('Place', first?.source);
  out.push(facts);
  for (const entry of node.entries) {
    if (entry.remark) out.push(h('p', { class: 'remark ' + markClass(entry.mark) }, entry.remark));
    out.push(...statements(data, entry, lines));
  }
  if (!first) out.push(...definition(data, node, lines));
  return out;
}

// statements are the lines of an entry: its associations stand behind the others.
function statements(data, entry, lines) {
  const about = entry.lines.filter((line) => line[1] < 0);
  const associations = entry.lines.filter((line) => line[1] >= 0);
  const out = [];
  if (about.length > 0) out.push(h('h3', {}, about.some((line) => data.texts[line[0]] !== '') ? 'Changes' : 'Remarks'), lines.list(about));
  if (associations.length > 0) out.push(h('h3', {}, 'Associations'), lines.list(associations));
  return out;
}

// definition is what a new object is made of. It stands below one of its associations.
function definition(data, node, lines) {
  for (const at of data.edgesOf[node.number]) {
    const under = data.edges[at].line[5];
    if (data.edges[at].to === node.number && under.length > 0) return [h('h3', {}, 'Made with'), lines.list(under)];
  }
  return [h('p', { class: 'empty' }, node.word === 'existing' ? 'It exists, and stays as it is.' : node.word === 'new' ? 'It is new, and made with what names it.' : '')];
}
