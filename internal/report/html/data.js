// The data has one table of texts; all else is numbers that lead to it. The functions
// here read what htmldata.go writes, in the same order.

class Entry {
  constructor(at, raw, texts) {
    const [node, section, mark, word, kind, type, name, key, owner, xid, id, link, source, remark, problems, tags, lines, reference] = raw;
    Object.assign(this, { at, node, section, problems, tags, lines, reference: reference === 1 });
    this.numbers = { word, kind, type, name, key, owner, xid, id, source, remark };
    this.mark = texts[mark];
    this.word = texts[word];
    this.kind = texts[kind];
    this.type = texts[type];
    this.name = texts[name];
    this.key = texts[key];
    this.owner = texts[owner];
    this.xid = texts[xid];
    this.id = texts[id];
    this.link = texts[link];
    this.source = texts[source];
    this.remark = texts[remark];
    this.changes = 0;
    this.associations = 0;
    for (const line of lines) {
      if (line[1] >= 0) this.associations++;
      else if (texts[line[0]] !== '') this.changes++;
    }
  }
}

// readData is the data of the page.
//
// nodes are groups and objects: those with entries, and ends of associations that have
// none. edges are the associations, each once; edgesOf has those of a node.
function readData() {
  const element = byId('data');
  const raw = JSON.parse(element.textContent);
  element.remove(); // it is not needed twice
  const data = { sections: raw.head.sections, shares: raw.head.shares, texts: raw.texts, nodes: [], edges: [], edgesOf: [], groups: 0 };
  data.entries = raw.entries.map((entry, at) => new Entry(at, entry, data.texts));
  for (const entry of data.entries) {
    const node = data.nodes[entry.node];
    if (node) node.entries.push(entry);
    else data.nodes[entry.node] = nodeOf(entry.node, entry, [entry]);
  }
  for (const [node, kind, type, name, owner, id, state, link] of raw.ends) {
    const [k, t, n, o, i, s, l] = [kind, type, name, owner, id, state, link].map((text) => data.texts[text]);
    data.nodes[node] = nodeOf(node, { kind: k, type: t, name: n, owner: o, id: i, link: l, mark: '', word: s }, []);
  }
  for (const node of data.nodes) {
    data.edgesOf.push([]);
    if (node.group && node.entries.length > 0) data.groups++;
  }
  for (const entry of data.entries) {
    for (const line of entry.lines) {
      if (line[1] >= 0) addEdge(data, entry, line);
    }
  }
  return data;
}

function nodeOf(number, what, entries) {
  const { kind, type, name, owner, id, link, mark, word } = what;
  return { number, entries, group: kind === '', kind, type, name, owner, id, link, mark, word };
}

function addEdge(data, entry, line) {
  const edge = { from: entry.node, to: line[1], mark: data.texts[line[0]], line };
  data.edgesOf[edge.from].push(data.edges.length);
  if (edge.to !== edge.from) data.edgesOf[edge.to].push(data.edges.length);
  data.edges.push(edge);
}

// otherEnd is the number of the node at the other end of an edge.
function otherEnd(edge, node) {
  return edge.from === node ? edge.to : edge.from;
}

// neighbours are the nodes that associations lead to, each once.
function neighbours(data, node) {
  const found = new Set();
  for (const at of data.edgesOf[node]) found.add(otherEnd(data.edges[at], node));
  found.delete(node);
  return [...found];
}

// label is what names a node in a link to this page.
function label(node) {
  return node.entries[0]?.key || `${node.type}:${node.name}`;
}

// title is the type and the name of a node, or of an entry.
function title(node) {
  return [node.kind, node.type, `“${node.name}”`].filter(Boolean).join(' ');
}

// The kinds of the spans of a phrase, as in view.go.
const WORDS = 0, DATA = 1, NAME = 2, LINK = 3;

// dataOf calls see with the number of each text of lines that is data.
function dataOf(lines, see) {
  const phrase = (spans) => {
    for (const span of spans) if ((span & 3) !== WORDS) see(span >> 2);
  };
  for (const [, , what, value, tail, under] of lines) {
    phrase(what);
    for (const [, ...pieces] of value) pieces.forEach(see);
    tail.forEach(phrase);
    dataOf(under, see);
  }
}
