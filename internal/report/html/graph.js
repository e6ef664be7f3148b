// Which part of the graph is shown. A small plan is shown as a whole. Of a large one,
// what is one or two steps away from the selected node.

const mostWhole = 2000; // groups
const mostDrawn = 4000; // nodes of a whole graph
const mostNear = 400; // nodes of a neighbourhood

// canBeWhole reports whether the graph can be shown as a whole.
function canBeWhole(data) {
  return data.groups <= mostWhole;
}

// partOf is the part of the graph to show: the numbers of its nodes, and what was left
// out.
function partOf(data, state) {
  if (canBeWhole(data) && state.scope === 'all') return wholeGraph(data);
  if (state.node < 0) return { nodes: [], note: '' };
  return near(data, state.node, state.steps);
}

// wholeGraph are all groups, and the objects that connect some of them, as far as there
// is room.
function wholeGraph(data) {
  const tries = [
    [() => true, ''],
    [(node) => node.group || data.edgesOf[node.number].length > 1, 'objects that only one group names are not drawn'],
    [(node) => node.group, 'only groups are drawn'],
  ];
  for (const [wanted, note] of tries) {
    const nodes = data.nodes.filter((node) => wanted(node) && (node.group && node.entries.length > 0 || data.edgesOf[node.number].length > 0)).map((node) => node.number);
    if (nodes.length <= mostDrawn || note === tries[2][1]) return { nodes, note: note && `${note}: the neighbourhood of a group has all` };
  }
  return null;
}

// near are the nodes that are so many steps away from one, the nearest first.
function near(data, node, steps) {
  const found = [node];
  const seen = new Set(found);
  let left = 0;
  let from = 0;
  for (let step = 0; step < steps; step++) {
    const to = found.length;
    for (; from < to; from++) {
      for (const other of neighbours(data, found[from])) {
        if (seen.has(other)) continue;
        seen.add(other);
        if (found.length < mostNear) found.push(other);
        else left++;
      }
    }
  }
  return { nodes: found, note: left > 0 ? `${left.toLocaleString('en')} further nodes are not drawn: the list of the details has all neighbours` : '' };
}

// linksOf are the edges between some nodes, as pairs of their places.
function linksOf(data, nodes) {
  const place = new Map(nodes.map((node, i) => [node, i]));
  const links = [];
  nodes.forEach((node, i) => {
    for (const at of data.edgesOf[node]) {
      const edge = data.edges[at];
      const to = place.get(edge.to);
      if (edge.from === node && to !== undefined && edge.to !== node) links.push([i, to, edge.mark]);
    }
  });
  return links;
}
