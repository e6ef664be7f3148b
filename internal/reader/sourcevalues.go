package reader

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"tcimport/internal/intel"
	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// valueMap says what the values of a column mean.
type valueMap struct {
	column string
	means  map[string]string
	rest   *string // what all other values mean; nil if they are errors
	pos    intel.Pos
}

// otherValues stands for the values that a valueMap does not name.
const otherValues = "*"

// values reads what the values of columns mean: those of the CSV, which templates then get,
// and those that templates make.
func (f *sourceRows) values(n *yaml.Node) {
	if n == nil || isNull(n) || !f.isMapping(n, "values", "{Status: {offen: Open, zu: Closed}}") {
		return
	}
	for k, v := range pairs(n) {
		m := f.valueMap(k, v)
		switch c := f.columns[k.Value]; {
		case c > 1:
			f.fail(k, "the CSV has the column %s %d times: rename all but one", message.Quote(k.Value), c)
		case c == 1:
			f.meanings = append(f.meanings, m)
		default:
			i := slices.IndexFunc(f.made, func(t *cellTemplate) bool { return spelling.Squeeze(t.column) == spelling.Squeeze(k.Value) })
			if i < 0 {
				names := slices.Sorted(maps.Keys(f.columns))
				f.fail(k, "values: neither the CSV nor columns has %s%s", message.Quote(k.Value), message.DidYouMean(spelling.Nearest(k.Value, names)))
				continue
			}
			f.made[i].values = m
		}
	}
}

func (f *sourceRows) valueMap(k, v *yaml.Node) *valueMap {
	m := &valueMap{column: k.Value, means: map[string]string{}, pos: f.pos(k)}
	if !f.isMapping(v, "values of "+message.Quote(k.Value), "{offen: Open, zu: Closed}") {
		f.broken = true
		return m
	}
	for from, to := range pairs(v) {
		meant, _ := f.scalar(to, k.Value)
		if to.Kind != yaml.ScalarNode {
			f.broken = true
		}
		if from.Value == otherValues {
			m.rest = &meant
		} else {
			m.means[strings.TrimSpace(from.Value)] = meant
		}
	}
	return m
}

// meaning is what a cell means. An empty cell stays empty, unless the map names it.
func (m *valueMap) meaning(cell string) (string, error) {
	cell = strings.TrimSpace(cell)
	meant, ok := m.means[cell]
	switch {
	case ok:
		return meant, nil
	case cell == "":
		return "", nil
	case m.rest != nil:
		return *m.rest, nil
	}
	if near := spelling.Nearest(cell, slices.Sorted(maps.Keys(m.means))); near != "" {
		return "", fmt.Errorf("values has no %s%s", message.Quote(cell), message.DidYouMean(near))
	}
	return "", fmt.Errorf(`values has no %s: add it, or "*" for all other values`, message.Quote(cell))
}
