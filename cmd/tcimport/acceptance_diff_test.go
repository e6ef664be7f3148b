package main

import (
	"maps"
	"slices"
	"strings"
)

// lineDiff shows the lines that only one of two texts has, block by block, each
// with the line of its block that tells whose it is.
func lineDiff(want, got string) string {
	var b strings.Builder
	a, c := blocksOf(want), blocksOf(got)
	for _, side := range []struct {
		sign    string
		of, not map[string]bool
	}{{"-", a, c}, {"+", c, a}} {
		for _, line := range sortedKeys(side.of) {
			if !side.not[line] {
				b.WriteString(side.sign + " " + line + "\n")
			}
		}
	}
	return b.String()
}

// blocksOf gives each line of a dump together with the head of its block.
func blocksOf(text string) map[string]bool {
	out := map[string]bool{}
	head := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if !strings.HasPrefix(line, " ") {
			head = line
			out[head] = true
			continue
		}
		line = head + " |" + line
		for out[line] {
			line += ", again"
		}
		out[line] = true
	}
	return out
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
