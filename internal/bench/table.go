package main

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// table is a table in markdown.
type table struct {
	head []string
	rows [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) print(out io.Writer) {
	for _, row := range append([][]string{t.head, slices.Repeat([]string{"---"}, len(t.head))}, t.rows...) {
		fmt.Fprintf(out, "| %s |\n", strings.Join(row, " | "))
	}
}

// printSteps prints a row of each command. Its bare counterpart is above the first row
// that is compared with it.
func printSteps(out io.Writer, n int, steps []*step) {
	t := table{head: []string{"process", "time", "CPU", "peak", "requests", "fewest", "time ÷ bare", "CPU ÷ bare", "peak ÷ bare"}}
	shown := map[*step]bool{}
	show := func(s, bare *step) {
		if shown[s] {
			return
		}
		shown[s] = true
		t.add(s.name, seconds(s.took.wall), seconds(s.took.cpu), mebibytes(s.took.peak), number(s.sent.Reads+s.sent.Writes), number(s.fewest.Reads+s.fewest.Writes),
			ratio(s.took.wall, bare.took.wall), ratio(s.took.cpu, bare.took.cpu), ratio(s.took.peak, bare.took.peak))
	}
	for _, s := range steps {
		if s.bare != nil {
			show(s.bare, s.bare)
			show(s, s.bare)
		}
	}
	fmt.Fprintf(out, "\n%s groups. The simulated instance is another process on the same machine.\n\n", number(n))
	t.print(out)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func mebibytes(bytes int64) string { return number(int((bytes+1<<19)>>20)) + " MiB" }

func ratio[N time.Duration | int64](a, b N) string {
	if b == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", float64(a)/float64(b))
}

// number is a number in groups of three digits.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
