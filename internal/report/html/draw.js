// What is drawn on the canvas. A node has the sign of what happens to it, so that no
// colour is needed to tell them apart; objects that are no groups are small squares.

const dashes = { '-': [6, 4], '!': [2, 4] };

// palette are the colours of the theme. A canvas knows no variables of a stylesheet.
function palette(probe) {
  const colours = {};
  for (const name of ['line', 'ink', 'page', 'focus', ...Object.values(markNames).map(([word]) => 'mark-' + word)]) {
    probe.className = 'probe colour-' + name;
    colours[name] = getComputedStyle(probe).color;
  }
  return colours;
}

function drawGraph(view) {
  const { canvas, points, links, scale, data } = view;
  const context = canvas.getContext('2d');
  const density = devicePixelRatio || 1;
  if (!view.colours.isConnected) view.element.append(view.colours);
  const colours = palette(view.colours);
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  const place = (point) => [point.x * scale + view.x, point.y * scale + view.y];
  const near = new Set([view.at]);
  for (const [a, b] of links) {
    if (a === view.at) near.add(b);
    if (b === view.at) near.add(a);
  }
  const faint = (point) => point.node.entries.length > 0 && !point.node.entries.some((entry) => view.passes[entry.at]);

  const common = Math.min(0.6, 0.12 + 250 / links.length);
  for (const [a, b, mark] of links) {
    const chosen = view.at >= 0 && (a === view.at || b === view.at);
    context.globalAlpha = faint(points[a]) && faint(points[b]) ? 0.15 : chosen ? 1 : common;
    context.strokeStyle = chosen ? colours.focus : mark === '+' ? colours.line : colours['mark-' + markNames[mark][0]];
    context.lineWidth = chosen ? 1.6 : 1;
    context.setLineDash(dashes[mark] ?? []);
    context.beginPath();
    context.moveTo(...place(points[a]));
    context.lineTo(...place(points[b]));
    context.stroke();
  }
  context.setLineDash([]);

  const size = Math.min(11, Math.max(2.5, 7 * Math.sqrt(scale)));
  points.forEach((point, i) => {
    const [x, y] = place(point);
    const { node } = point;
    const radius = (node.group ? size : size * 0.6) + (i === view.at ? 2 : 0);
    context.globalAlpha = faint(point) ? 0.2 : 1;
    context.fillStyle = colours['mark-' + markNames[node.mark][0]];
    context.beginPath();
    if (node.group) context.arc(x, y, radius, 0, 7);
    else context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
    context.fill();
    if (i === view.at || i === view.candidate || i === view.over) {
      context.strokeStyle = colours.focus;
      context.lineWidth = i === view.candidate ? 3 : 2;
      context.stroke();
    }
    if (radius > 6 && node.mark) {
      context.fillStyle = colours.page;
      context.font = `bold ${Math.round(radius * 1.7)}px system-ui, sans-serif`;
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      context.fillText(node.mark, x, y);
    }
  });
  names(view, context, colours, near, place, size);
  context.globalAlpha = 1;
}

// names writes the names of nodes below them: those that matter most first, and none
// over another. Where nodes are large, none is over a node either.
function names(view, context, colours, near, place, size) {
  const { points, data } = view;
  const forced = (i) => i === view.at || i === view.candidate || i === view.over;
  const weight = (i) => (forced(i) ? 1e9 : near.has(i) ? 1e6 : 0) + data.edgesOf[points[i].node.number].length + (points[i].node.group ? 100 : 0);
  const order = points.map((_, i) => i).sort((a, b) => weight(b) - weight(a)).slice(0, 600);
  const taken = [];
  const places = points.map(place);
  const hides = ([left, top, right, bottom], own) => places.some(([x, y], i) => i !== own && x > left - size && x < right + size && y > top - size && y < bottom + size);
  context.font = '12px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineWidth = 3;
  context.lineJoin = 'round';
  for (const i of order) {
    const [x, y] = place(points[i]);
    if (x < -20 || y < -20 || x > view.canvas.clientWidth + 20 || y > view.canvas.clientHeight + 20) continue;
    const name = points[i].node.name;
    const text = name.length > 30 ? name.slice(0, 29) + '…' : name;
    const half = context.measureText(text).width / 2;
    const middle = Math.min(Math.max(x, half + 4), view.canvas.clientWidth - half - 4);
    const low = y + size + 10;
    const box = [middle - half - 3, low - 8, middle + half + 3, low + 8];
    if (!forced(i) && (taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3]) || size > 6 && hides(box, i))) continue;
    taken.push(box);
    context.globalAlpha = view.at >= 0 && !near.has(i) && !forced(i) ? 0.6 : 1;
    context.strokeStyle = colours.page;
    context.strokeText(text, middle, low);
    context.fillStyle = colours.ink;
    context.fillText(text, middle, low);
  }
}
