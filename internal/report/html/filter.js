// A search looks at each text once. An entry matches if for each word of the search
// one of its texts does.

class Filter {
  constructor(data) {
    this.data = data;
  }

  // prepare notes which texts are data of which entries.
  prepare() {
    const { texts, entries } = this.data;
    this.folded = texts.map((text) => text.toLowerCase());
    this.textsOf = entries.map((entry) => {
      const { word, ...named } = entry.numbers;
      const found = new Set([...Object.values(named), ...entry.tags]);
      dataOf(entry.lines, (number) => found.add(number));
      return Uint32Array.from(found);
    });
  }

  // matches are the entries that a search finds, null for all.
  matches(search) {
    const words = search.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return null;
    if (search === this.searched) return this.found;
    if (!this.folded) this.prepare();
    const found = new Uint8Array(this.data.entries.length).fill(1);
    for (const word of words) {
      const has = Uint8Array.from(this.folded, (text) => (text.includes(word) ? 1 : 0));
      this.textsOf.forEach((numbers, at) => {
        if (found[at] && !numbers.some((number) => has[number])) found[at] = 0;
      });
    }
    this.searched = search;
    this.found = found;
    return found;
  }

  // apply gives the entries that pass, sorted, and for each facet how many entries each
  // value would show.
  apply(state) {
    const { entries, texts } = this.data;
    const found = this.matches(state.q);
    const counts = facets.map(() => new Map());
    const shown = [];
    const chosen = facets.map((facet) => state[facet.name]);
    for (const entry of entries) {
      if (found && !found[entry.at]) continue;
      const values = facets.map((facet) => facet.values(entry));
      const failed = values.flatMap((list, i) => (chosen[i].size > 0 && !list.some((value) => chosen[i].has(value)) ? [i] : []));
      if (failed.length === 0) shown.push(entry);
      if (failed.length > 1) continue;
      values.forEach((list, i) => {
        if (failed.length === 1 && failed[0] !== i) return;
        for (const value of list) counts[i].set(value, (counts[i].get(value) ?? 0) + 1);
      });
    }
    sortEntries(shown, state.sort);
    return { shown, counts, texts };
  }
}

const collator = new Intl.Collator('en', { numeric: true });

// sortEntries sorts entries. Those that are equal keep the order of the plan.
function sortEntries(entries, by) {
  const orders = {
    name: (a, b) => collator.compare(a.name, b.name),
    type: (a, b) => collator.compare(a.type, b.type),
    action: (a, b) => collator.compare(a.word, b.word),
    changes: (a, b) => b.changes + b.associations - (a.changes + a.associations),
  };
  if (orders[by]) entries.sort(orders[by]);
}
