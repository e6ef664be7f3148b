// Printing shows the tally and the entries that pass the filters, with all that they
// say.

const mostPrinted = 500;

function printed(data, entries) {
  const lines = new Lines(data, null);
  const out = entries.slice(0, mostPrinted).map((entry) => h('article', {}, ...describe(data, { ...data.nodes[entry.node], entries: [entry] }, lines)));
  const all = `${plural(entries.length, 'entry').replace('entrys', 'entries')} of ${data.entries.length.toLocaleString('en')} pass the filters.`;
  const more = entries.length > mostPrinted ? ` The first ${mostPrinted} are printed; filter for the others.` : '';
  return [h('p', { class: 'count' }, all + more), ...out];
}
