// Texts are values of several lines, or long ones. Of a text that changes, a reader sees
// every change at once: what stays is folded, as far as it is not near a change.

const nearLines = 2; // lines beside a change that are not folded
const nearCharacters = 80; // of a line that changes

class Texts {
  // foldable is whether a reader can unfold what is folded.
  constructor(data, foldable) {
    Object.assign(this, { data, foldable });
  }

  // block shows the lines of a value.
  block(lines) {
    const mixed = lines.some((line) => line[0] !== lines[0][0]);
    const rows = [];
    for (let from = 0; from < lines.length;) {
      let to = from;
      while (to < lines.length && (lines[to][0] === 0) === (lines[from][0] === 0)) to++;
      const run = lines.slice(from, to);
      if (run[0][0] !== 0) rows.push(...this.changed(run, mixed));
      else rows.push(...this.kept(run, from > 0 ? nearLines : 0, to < lines.length ? nearLines : 0, mixed));
      from = to;
    }
    return h('div', { class: mixed ? 'text mixed' : 'text', tabindex: 0, role: 'group', 'aria-label': 'Text' }, rows);
  }

  row(name, mark, content) {
    return h('div', { class: name }, h('span', { class: 'sign' }, mark), h('div', {}, content));
  }

  // kept are lines that stay.
  kept(lines, before, behind, mixed) {
    const rows = lines.map((line) => this.row('kept', '\u00a0', this.pieces(line, mixed)));
    const far = rows.length - before - behind;
    if (!mixed || far < 2) return rows;
    const inside = rows.slice(before, before + far);
    return [...rows.slice(0, before), this.row('kept', '\u00a0', this.fold(plural(far, 'unchanged line'), (fold) => fold.closest('.kept').replaceWith(...inside))),
      ...rows.slice(before + far)];
  }

  // changed are lines that go, and the lines that come in their place. A line that stays in
  // part is one line, with the words that go and those that come.
  changed(lines, mixed) {
    const old = lines.filter((line) => line[0] === 2);
    const now = lines.filter((line) => line[0] === 1);
    const rows = [];
    let removed = [];
    let added = [];
    const flush = () => { rows.push(...removed, ...added); removed = []; added = []; };
    for (let i = 0; i < Math.max(old.length, now.length); i++) {
      if (old[i]?.length > 2 && old[i].length === now[i]?.length) {
        flush();
        rows.push(this.row('changed', '~', this.merged(old[i], now[i])));
        continue;
      }
      if (old[i]) removed.push(this.row('removed', '−', this.pieces(old[i], mixed)));
      if (now[i]) added.push(this.row('added', '+', this.pieces(now[i], mixed)));
    }
    flush();
    return rows;
  }

  // merged is a line with the words that go and those that come.
  merged([, ...old], [, ...now]) {
    return old.flatMap((number, i) => {
      const text = this.data.texts[number];
      if (i % 2 === 0) return this.part(text, i > 0, i < old.length - 1);
      const other = this.data.texts[now[i]];
      return [text && h('del', {}, text), other && h('ins', {}, other)];
    });
  }

  // part is a part of a line that stays, beside a change before or behind it.
  part(text, before, behind) {
    const first = whole(text, before ? nearCharacters : 0);
    const last = whole(text, text.length - (behind ? nearCharacters : 0));
    const far = last - first;
    if (far < nearCharacters) return [text];
    const inside = text.slice(first, last);
    return [text.slice(0, first), this.fold(`${far.toLocaleString('en')} unchanged characters`, (fold) => fold.replaceWith(inside)), text.slice(last)];
  }

  // fold stands for what is folded. unfold shows it.
  fold(name, unfold) {
    const text = `… ${name} …`;
    if (!this.foldable) return h('span', { class: 'fold' }, text);
    return button(text, (event) => {
      const block = event.target.closest('.text');
      unfold(event.target);
      block.focus({ preventScroll: true });
    }, { class: 'fold', title: 'Show them' });
  }

  // pieces are the parts of a line: every second one has changed. A line of one piece has
  // changed as a whole, if it is one of several.
  pieces([op, ...numbers], several) {
    const tag = ['span', 'ins', 'del'][op];
    const texts = numbers.map((number) => this.data.texts[number]);
    if (texts.length === 1) return h(several || op === 2 ? tag : 'span', { class: 'whole' }, texts[0]);
    return h('span', {}, texts.map((text, i) => text && h(i % 2 === 1 ? tag : 'span', {}, text)));
  }
}

// whole is a place in a text that does not part a character.
function whole(text, at) {
  return /^[\udc00-\udfff]/.test(text.slice(at, at + 1)) ? at + 1 : at;
}
