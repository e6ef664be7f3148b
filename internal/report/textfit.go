package report

import (
	"bufio"
	"io"
)

// fit is how much of a section is shown.
type fit struct {
	entries int // the first ones
	lines   int // of the first entry, if it alone is longer than its section may be; 0 for all
}

// fits says how much of each section is shown. Without a limit of lines, that is all
// that the view lists. Else the most important sections come first, but each later one
// keeps a share, so that none is lost behind another.
func (p *printer) fits() map[*section]fit {
	out := map[*section]fit{}
	sections := p.view.sections
	most := p.view.lines
	if most == 0 {
		for _, s := range sections {
			out[s] = fit{entries: s.listed}
		}
		return out
	}
	const around = 4 // the lines of a section beside its entries
	sizes, least := make([][]int, len(sections)), make([]int, len(sections))
	reserved := 0
	for i, s := range sections {
		sizes[i] = p.sizes(s, most)
		need := 0
		for _, n := range sizes[i] {
			need += n
		}
		least[i] = min(need, most/(2*len(sections))) + around
		reserved += least[i]
	}
	room := most
	for i, s := range sections {
		reserved -= least[i]
		share, used, f := room-reserved-around, 0, fit{}
		for n, size := range sizes[i] {
			if used+size > share && n > 0 {
				break
			}
			if f.entries++; used+size > share {
				f.lines = share
				used = share
				break
			}
			used += size
		}
		room -= used + around
		out[s] = f
	}
	return out
}

// sizes are the numbers of lines that the first entries of a section take, until they
// are more than most.
func (p *printer) sizes(s *section, most int) []int {
	m := &printer{Screen: Screen{Width: p.Width}, view: p.view, w: bufio.NewWriter(io.Discard)}
	var out []int
	for _, e := range s.entries {
		if s.brief && len(out) == maxBrief && p.cuts() || m.rows > most {
			break
		}
		from := m.rows
		if s.brief {
			m.brief(e)
		} else {
			m.entry(e, 0)
		}
		out = append(out, m.rows-from)
	}
	return out
}

// rowsOf is how many lines of the terminal a line takes.
func (p *printer) rowsOf(line []byte) int {
	if p.Width <= 0 {
		return 1
	}
	width := 0
	for i := 0; i < len(line); {
		if line[i] == escape {
			if n, _ := styleAt(line[i:]); n > 0 {
				i += n
				continue
			}
		}
		end := i + 1
		for end < len(line) && line[end] != escape {
			end++
		}
		width += widthOf(string(line[i:end]))
		i = end
	}
	return max((width+p.Width-1)/p.Width, 1)
}
