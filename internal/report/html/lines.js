// Lines are the statements about an entry: what changes, word by word, its
// associations, and remarks.

// most is how many lines of an entry are shown at once.
const most = 200;

class Lines {
  // follow is called with the number of a node that a reader wants to see; without it,
  // nodes are no buttons.
  constructor(data, follow) {
    Object.assign(this, { data, follow, texts: new Texts(data, follow !== null) });
  }

  // list shows some lines, and the others when a reader asks for them.
  list(lines, all) {
    const shown = all ? lines : lines.slice(0, most);
    const list = h('ul', { class: 'lines' }, shown.map((line) => this.line(line)));
    if (shown.length < lines.length) {
      list.append(h('li', {}, button(`Show all ${lines.length.toLocaleString('en')}`, () => list.replaceWith(this.list(lines, true)))));
    }
    return list;
  }

  line([mark, other, what, value, tail, under]) {
    const text = this.data.texts[mark];
    const item = h('li', { class: 'line ' + markClass(text) }, text ? sign(text) : '');
    const body = h('div', { class: 'body' });
    item.append(body);
    if (other >= 0) body.append(this.end(other, what));
    else body.append(this.phrase(what));
    if (value.length > 0) body.append(...this.value(value));
    if (tail.length > 0) body.append(' ', h('span', { class: 'tail' }, tail.flatMap((phrase, i) => [i > 0 ? ', ' : '', this.phrase(phrase)])));
    if (under.length > 0) body.append(this.list(under, true));
    return item;
  }

  // end is the other end of an association, as a button that leads there.
  end(other, what) {
    if (!this.follow) return this.phrase(what);
    return button(this.phrase(what), () => this.follow(other), { class: 'end' });
  }

  phrase(spans) {
    const out = document.createDocumentFragment();
    for (const [i, span] of spans.entries()) {
      const text = this.data.texts[span >> 2];
      switch (span & 3) {
        case WORDS: out.append(text); break;
        case LINK: out.append(link('page', text)); break;
        default: out.append(h('span', { class: i === 0 && spans.length > 1 ? 'data field' : 'data' }, text || '(empty)'));
      }
    }
    return out;
  }

  // value is a text that comes, goes, stays or changes. Several lines are a block.
  value(lines) {
    const short = lines.length === 1 || lines.length === 2 && lines[0][0] === 2 && lines[1][0] === 1 && this.length(lines) < 90;
    if (short) {
      return lines.flatMap((line, i) => [i > 0 ? ' → ' : '', h('span', { class: 'data' }, this.texts.pieces(line, lines.length > 1))]);
    }
    return [this.texts.block(lines)];
  }

  length(lines) {
    return lines.flatMap(([, ...pieces]) => pieces).reduce((sum, number) => sum + this.data.texts[number].length, 0);
  }
}
