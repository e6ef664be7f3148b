// The graph on a canvas. All that can be done with the mouse can be done with keys, and
// the details have the same neighbours as a list.

class GraphView {
  // follow is called with a node that a reader has chosen, change when the state has.
  constructor(element, data, state, { follow, change }) {
    Object.assign(this, { element, data, state, follow, change, points: [], at: -1, candidate: -1, shown: null });
    this.canvas = h('canvas', { tabindex: 0, role: 'img' });
    this.note = h('p', { class: 'note' });
    this.colours = h('span', { class: 'probe', hidden: true });
    this.scopes = [['all', 'Whole graph'], ['near', 'Neighbourhood']].map(([scope, text]) => button(text, () => { state.scope = scope; change(); }, { 'data-scope': scope }));
    this.steps = h('select', { 'aria-label': 'Steps', onchange: () => { state.steps = Number(this.steps.value); change(); } }, h('option', { value: 1 }, '1 step'), h('option', { value: 2 }, '2 steps'));
    const tools = h('div', { class: 'graph-tools' },
      canBeWhole(data) ? h('div', { class: 'views', role: 'group', 'aria-label': 'Part of the graph' }, this.scopes) : '', this.steps,
      button('+', () => this.zoom(1.3), { 'aria-label': 'Zoom in' }), button('−', () => this.zoom(1 / 1.3), { 'aria-label': 'Zoom out' }), button('Fit', () => this.fit(), {}));
    this.start = h('div', { class: 'start' });
    element.append(tools, this.note, this.start, this.canvas);
    this.mouse();
    this.canvas.addEventListener('keydown', (event) => this.key(event));
    new ResizeObserver(() => this.resize()).observe(this.canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  // show shows the part of the graph that the state asks for. passes are the entries
  // that pass the filters: others are faint.
  show(passes) {
    const { data, state } = this;
    this.passes = passes;
    for (const scope of this.scopes) scope.setAttribute('aria-pressed', String(scope.dataset.scope === state.scope));
    const whole = canBeWhole(data) && state.scope === 'all';
    this.steps.hidden = whole;
    this.steps.value = state.steps;
    const name = whole ? 'all' : `${state.node}/${state.steps}`;
    if (name !== this.shown) {
      this.shown = name;
      this.load(partOf(data, state));
    }
    this.at = this.points.findIndex((point) => point.node.number === state.node);
    this.candidate = -1;
    this.begin();
    this.describe();
    this.draw();
  }

  load({ nodes, note }) {
    this.points = nodes.map((number) => ({ node: this.data.nodes[number] }));
    this.links = linksOf(this.data, nodes);
    this.layout = new Layout(this.points, this.links);
    this.limits = note;
    this.moved = false;
    const until = performance.now() + 150;
    while (!this.layout.done && performance.now() < until) this.layout.step();
    this.fit();
    this.run();
  }

  // run goes on with the layout, a little in each frame.
  run() {
    cancelAnimationFrame(this.frame);
    if (this.layout.done) return;
    this.frame = requestAnimationFrame(() => {
      const until = performance.now() + 12;
      do this.layout.step(); while (!this.layout.done && performance.now() < until);
      if (this.moved) this.draw();
      else this.fit();
      this.run();
    });
  }

  // begin offers groups to begin with, where nothing is selected that could be shown.
  begin() {
    this.start.replaceChildren();
    this.canvas.hidden = this.points.length === 0;
    if (this.points.length > 0) return;
    const { data } = this;
    const most = data.nodes.filter((node) => node.group && data.edgesOf[node.number].length > 0)
      .sort((a, b) => data.edgesOf[b.number].length - data.edgesOf[a.number].length).slice(0, 12);
    this.start.append(
      h('p', {}, canBeWhole(data) ? 'Choose a group to see its neighbourhood.' : `${plural(data.groups, 'group')} are too many for one picture. Choose a group in the list, or begin with one that has many associations:`),
      h('ul', { class: 'neighbours' }, most.map((node) => h('li', {},
        button([sign(node.mark, node.word), h('span', {}, title(node)), h('span', { class: 'number' }, data.edgesOf[node.number].length)], () => this.follow(node.number), { class: 'end' })))));
  }

  describe() {
    const nodes = plural(this.points.length, 'node');
    const links = plural(this.links?.length ?? 0, 'association');
    this.canvas.setAttribute('aria-label', `Graph with ${nodes} and ${links}. Arrow keys move it, plus and minus zoom, 0 fits it. n and p go through the neighbours, Enter follows one. The details list the neighbours as well.`);
    this.note.textContent = this.points.length > 0 ? `${nodes}, ${links}${this.limits ? '; ' + this.limits : ''}` : '';
  }

  resize() {
    const { clientWidth, clientHeight } = this.canvas;
    if (clientWidth === 0) return;
    const scale = devicePixelRatio || 1;
    this.canvas.width = clientWidth * scale;
    this.canvas.height = clientHeight * scale;
    if (this.moved) this.draw();
    else this.fit();
  }

  // fit shows all of the part.
  fit() {
    this.moved = false;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (this.points.length === 0 || width === 0) return;
    const xs = this.points.map((point) => point.x);
    const ys = this.points.map((point) => point.y);
    const bounds = (list) => list.reduce(([low, high], n) => [Math.min(low, n), Math.max(high, n)], [Infinity, -Infinity]);
    const [left, right] = bounds(xs);
    const [top, bottom] = bounds(ys);
    this.scale = Math.min(2.5, (width - 80) / (right - left + 1), (height - 60) / (bottom - top + 1));
    this.x = width / 2 - (left + right) / 2 * this.scale;
    this.y = height / 2 - (top + bottom) / 2 * this.scale;
    this.draw();
  }

  zoom(by, x = this.canvas.clientWidth / 2, y = this.canvas.clientHeight / 2) {
    const scale = Math.min(8, Math.max(0.02, this.scale * by));
    this.x = x - (x - this.x) / this.scale * scale;
    this.y = y - (y - this.y) / this.scale * scale;
    this.scale = scale;
    this.moved = true;
    this.draw();
  }

  pan(x, y) {
    this.x += x;
    this.y += y;
    this.moved = true;
    this.draw();
  }

  // under is the place of the point at a place of the canvas, -1 for none.
  under(x, y) {
    let best = -1;
    let least = 14 * 14;
    this.points.forEach((point, i) => {
      const distance = (point.x * this.scale + this.x - x) ** 2 + (point.y * this.scale + this.y - y) ** 2;
      if (distance < least) [best, least] = [i, distance];
    });
    return best;
  }

  mouse() {
    const { canvas } = this;
    let from = null;
    canvas.addEventListener('wheel', (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
    }, { passive: false });
    canvas.addEventListener('pointerdown', (event) => {
      from = { x: event.clientX, y: event.clientY, far: 0 };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (from) {
        const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
        from = { x: event.clientX, y: event.clientY, far: from.far + Math.abs(dx) + Math.abs(dy) };
        if (from.far > 4) this.pan(dx, dy);
        return;
      }
      const over = this.under(event.offsetX, event.offsetY);
      canvas.title = over < 0 ? '' : title(this.points[over].node);
      canvas.style.cursor = over < 0 ? 'grab' : 'pointer';
      if (over !== this.over) {
        this.over = over;
        this.draw();
      }
    });
    canvas.addEventListener('pointerup', (event) => {
      const still = from && from.far <= 4;
      from = null;
      if (!still) return;
      const over = this.under(event.offsetX, event.offsetY);
      if (over >= 0) this.follow(this.points[over].node.number);
    });
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const pans = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
    if (event.key in pans) this.pan(...pans[event.key]);
    else if (event.key === '+' || event.key === '=') this.zoom(1.3);
    else if (event.key === '-') this.zoom(1 / 1.3);
    else if (event.key === '0') this.fit();
    else if (event.key === 'n' || event.key === 'p') this.next(event.key === 'n' ? 1 : -1);
    else if (event.key === 'Enter' && this.candidate >= 0) this.follow(this.points[this.candidate].node.number);
    else return;
    event.preventDefault();
  }

  // next goes through the neighbours of the selected node, without one through all nodes.
  next(by) {
    const around = this.at < 0 ? this.points.map((_, i) => i) : this.links.flatMap(([a, b]) => (a === this.at ? [b] : b === this.at ? [a] : []));
    if (around.length === 0) return;
    const at = around.indexOf(this.candidate);
    this.candidate = around[(at < 0 ? (by > 0 ? 0 : around.length - 1) : at + by + around.length) % around.length];
    const { node } = this.points[this.candidate];
    say(`${title(node)}${node.word ? ', ' + node.word : ''}`);
    this.draw();
  }

  draw() {
    if (this.points.length > 0 && this.canvas.clientWidth > 0) drawGraph(this);
  }
}
