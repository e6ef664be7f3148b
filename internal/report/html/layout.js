// The layout of a graph: associated nodes pull each other together, all nodes push each
// other away. It is the same each time, because nothing is left to chance.

// Square is a part of the plane: a node of a quadtree, in which many nodes that are
// far away push as one.
class Square {
  constructor(x, y, size) {
    Object.assign(this, { x, y, size, n: 0, sumX: 0, sumY: 0, point: null, parts: null });
  }

  add(point, depth = 0) {
    if (this.n > 0 && !this.parts && depth < 24) {
      this.parts = [null, null, null, null];
      this.into(this.point, depth);
      this.point = null;
    }
    if (this.parts) this.into(point, depth);
    else this.point = point;
    this.n++;
    this.sumX += point.x;
    this.sumY += point.y;
  }

  into(point, depth) {
    const half = this.size / 2;
    const right = point.x >= this.x + half ? 1 : 0;
    const low = point.y >= this.y + half ? 1 : 0;
    const at = right + 2 * low;
    this.parts[at] ??= new Square(this.x + right * half, this.y + low * half, half);
    this.parts[at].add(point, depth + 1);
  }

  // push pushes a point away from all that is in the square.
  push(point, strength) {
    let dx = point.x - this.sumX / this.n;
    let dy = point.y - this.sumY / this.n;
    let square = dx * dx + dy * dy;
    const far = this.size * this.size < 0.7 * square;
    if (far || !this.parts) {
      if (this.point === point && this.n === 1) return;
      if (square < 1) [dx, dy, square] = [(point.turn % 7) - 3 || 1, (point.turn % 5) - 2 || 1, 10];
      const force = strength * this.n / Math.max(square, 30);
      point.vx += dx * force;
      point.vy += dy * force;
      return;
    }
    for (const part of this.parts) part?.push(point, strength);
  }
}

class Layout {
  // points are the nodes, links pairs of their places.
  constructor(points, links) {
    this.points = points;
    this.links = links;
    this.heat = 1;
    const degree = new Array(points.length).fill(0);
    for (const [a, b] of links) {
      degree[a]++;
      degree[b]++;
    }
    this.pulls = links.map(([a, b]) => ({ a: points[a], b: points[b], strength: 1 / Math.min(degree[a], degree[b]), share: degree[a] / (degree[a] + degree[b]) }));
    points.forEach((point, i) => {
      const radius = 12 * Math.sqrt(i + 0.5);
      Object.assign(point, { turn: i, hold: degree[i] === 0 ? 0.3 : 0.05, x: radius * Math.cos(i * 2.399963), y: radius * Math.sin(i * 2.399963), vx: 0, vy: 0 });
    });
  }

  get done() {
    return this.heat < 0.01;
  }

  // step moves all points once.
  step() {
    const { points, heat } = this;
    const size = points.reduce((most, point) => Math.max(most, Math.abs(point.x), Math.abs(point.y)), 1);
    const all = new Square(-size - 1, -size - 1, 2 * size + 2);
    for (const point of points) all.add(point);
    for (const point of points) {
      all.push(point, 260 * heat);
      point.vx -= point.x * point.hold * heat;
      point.vy -= point.y * point.hold * heat;
    }
    for (const { a, b, strength, share } of this.pulls) {
      const dx = b.x + b.vx - a.x - a.vx;
      const dy = b.y + b.vy - a.y - a.vy;
      const length = Math.hypot(dx, dy) || 1;
      const pull = (length - 40) / length * heat * strength;
      b.vx -= dx * pull * share;
      b.vy -= dy * pull * share;
      a.vx += dx * pull * (1 - share);
      a.vy += dy * pull * (1 - share);
    }
    for (const point of points) {
      point.vx *= 0.6;
      point.vy *= 0.6;
      point.x += point.vx;
      point.y += point.vy;
    }
    this.heat *= 0.98;
  }
}
