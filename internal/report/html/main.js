// The page: it joins the parts, and has the keys that work everywhere.

function start() {
  const data = readData();
  const state = readState(data);
  const filter = new Filter(data);
  let result = null;
  const narrow = matchMedia('(max-width: 759px)');
  const pane = (name) => { document.body.dataset.pane = name; };

  const open = () => {
    if (state.node < 0) return;
    pane('details');
    byId('details').focus({ preventScroll: !narrow.matches });
  };
  const back = () => {
    pane('list');
    (state.view === 'list' ? byId('list') : graph.canvas).focus();
  };
  // choose selects a node. A change from nothing to something is a step of the history.
  const choose = (node) => {
    const isStep = state.node < 0 || state.view === 'graph';
    state.node = node;
    writeState(data, state, isStep);
    list.select(node);
    details.show(node);
    if (state.view === 'graph') graph.show(result.passes);
  };
  const follow = (node) => {
    choose(node);
    if (narrow.matches) open();
    say(title(data.nodes[node]));
  };
  const list = new List(byId('list'), data, { choose: (entry) => choose(entry.node), open });
  const details = new Details(byId('details'), data, { follow, back });
  const show = () => {
    result = filter.apply(state);
    result.passes = new Uint8Array(data.entries.length);
    for (const entry of result.shown) result.passes[entry.at] = 1;
    panel.show(result.counts);
    list.node = state.node;
    list.show(result.shown, state.sort === 'plan');
    byId('list').hidden = state.view !== 'list';
    byId('graph').hidden = state.view !== 'graph';
    details.show(state.node);
    if (state.view === 'graph') graph.show(result.passes);
    const all = data.entries.length;
    say(result.shown.length === all ? `${all.toLocaleString('en')} listed` : `${result.shown.length.toLocaleString('en')} of ${all.toLocaleString('en')} listed`);
  };
  const change = (isStep) => {
    writeState(data, state, isStep === true);
    show();
  };
  const panel = new Panel(data, state, change);
  const graph = new GraphView(byId('graph'), data, state, { follow, change });

  addEventListener('popstate', () => {
    Object.assign(state, readState(data));
    if (state.node < 0) pane('list');
    show();
  });
  addEventListener('keydown', (event) => pressed(event, { state, back, change, panel }));
  addEventListener('beforeprint', () => byId('print').replaceChildren(...printed(data, result.shown)));
  addEventListener('afterprint', () => byId('print').replaceChildren());
  tools(() => graph.draw());
  pane(state.node >= 0 ? 'details' : 'list');
  byId('app').hidden = false;
  show();
  document.documentElement.dataset.ready = 'yes';
}

// pressed handles the keys that work everywhere.
function pressed(event, { state, back, change, panel }) {
  if (event.ctrlKey || event.metaKey || event.altKey || byId('help').open) return;
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== 'checkbox';
  if (event.key === 'Escape') {
    if (event.target === panel.search && panel.search.value !== '') return; // the browser clears it
    if (panel.isOpen) panel.open(false);
    back();
  } else if (typing) {
    if (event.target === panel.search && (event.key === 'ArrowDown' || event.key === 'Enter')) back();
    else return;
  } else if (event.key === '/') panel.search.focus();
  else if (event.key === '?') byId('help').showModal();
  else if (event.key === 'g') {
    state.view = state.view === 'list' ? 'graph' : 'list';
    change(true);
    back();
  } else return;
  event.preventDefault();
}

const keys = [
  ['/', 'search'],
  ['↓ ↑ Page Home End', 'move in the list; in the graph, arrows move it'],
  ['Enter', 'open the details of a row; in the graph, follow a neighbour'],
  ['n p', 'go through the neighbours in the graph'],
  ['+ − 0', 'zoom the graph, and fit it'],
  ['g', 'list or graph'],
  ['Esc', 'back to the list'],
];

// tools are the buttons that concern the whole page.
function tools(redraw) {
  const theme = button('Dark or light', () => {
    const dark = getComputedStyle(document.documentElement).colorScheme.split(' ');
    const now = dark.length === 1 ? dark[0] : matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    document.documentElement.dataset.theme = now === 'dark' ? 'light' : 'dark';
    redraw();
  }, { id: 'theme' });
  byId('help').append(h('h2', {}, 'Keys'), h('dl', {}, keys.map(([key, does]) => h('div', {}, h('dt', {}, key), h('dd', {}, does)))),
    h('p', {}, 'The address has the search, the filters and what is selected: it can be sent to somebody who has the same file.'),
    h('form', { method: 'dialog' }, h('button', {}, 'Close')));
  byId('tools').append(theme, button('Print', () => print(), {}), button('Keys', () => byId('help').showModal(), {}));
}
