// What a reader looks at is in the fragment of the address, so that a view can be
// linked, and the browser goes back to it.

// facets are what entries are filtered by. values gives the texts of an entry, by
// their numbers.
const facets = [
  { name: 'problem', title: 'Problem', values: (entry) => entry.problems },
  { name: 'action', title: 'Action', values: (entry) => (entry.word ? [entry.numbers.word] : []) },
  { name: 'type', title: 'Type', values: (entry) => [entry.numbers.type] },
  { name: 'owner', title: 'Owner', values: (entry) => [entry.numbers.owner] },
  { name: 'tag', title: 'Tag', values: (entry) => entry.tags },
];

const sorts = {
  plan: 'order of the plan',
  name: 'name',
  type: 'type',
  action: 'action',
  changes: 'most changes',
};

// emptyState is a view of everything.
function emptyState() {
  const state = { q: '', sort: 'plan', view: 'list', scope: 'all', steps: 1, node: -1 };
  for (const facet of facets) state[facet.name] = new Set();
  return state;
}

// readState is the state that the address has. What it does not know is left out.
function readState(data) {
  const state = emptyState();
  const given = new URLSearchParams(location.hash.slice(1));
  state.q = given.get('q') ?? '';
  if (given.get('sort') in sorts) state.sort = given.get('sort');
  if (given.get('view') === 'graph') state.view = 'graph';
  if (given.get('scope') === 'near') state.scope = 'near';
  if (given.get('steps') === '2') state.steps = 2;
  for (const facet of facets) {
    for (const text of given.getAll(facet.name)) {
      const number = data.texts.indexOf(text);
      if (number >= 0) state[facet.name].add(number);
    }
  }
  const at = given.get('at');
  if (at !== null) state.node = nodeNamed(data, at);
  return state;
}

// nodeNamed is the node of a label; "~" and a number stand for one whose label others
// have as well.
function nodeNamed(data, at) {
  if (/^~\d+$/.test(at) && Number(at.slice(1)) < data.nodes.length) return Number(at.slice(1));
  return data.nodes.findIndex((node) => label(node) === at);
}

function fragment(data, state) {
  const out = new URLSearchParams();
  if (state.q !== '') out.set('q', state.q);
  for (const facet of facets) {
    for (const number of state[facet.name]) out.append(facet.name, data.texts[number]);
  }
  if (state.sort !== 'plan') out.set('sort', state.sort);
  if (state.view !== 'list') out.set('view', state.view);
  if (state.scope !== 'all') out.set('scope', state.scope);
  if (state.steps !== 1) out.set('steps', state.steps);
  if (state.node >= 0) {
    const name = label(data.nodes[state.node]);
    out.set('at', nodeNamed(data, name) === state.node ? name : '~' + state.node);
  }
  return out.toString();
}

// writeState puts the state into the address. A step that "back" should undo is a new
// entry of the history.
function writeState(data, state, isStep) {
  const text = '#' + fragment(data, state);
  if (text === (location.hash || '#')) return;
  if (isStep) history.pushState(null, '', text);
  else history.replaceState(null, '', text);
}
