package reader

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
	"time"

	sprig "github.com/go-task/slim-sprig/v3"
)

// forbidden are functions of slim-sprig whose results depend on the machine, the
// day or chance.
var forbidden = []string{"env", "expandenv", "getHostByName", "now", "ago", "randInt", "hello"}

func leftOut(name string) bool {
	return slices.Contains(forbidden, name) || strings.HasPrefix(name, "rand") || slices.Contains([]string{"shuffle", "uuidv4"}, name)
}

// stepName is the function that a loop calls at each turn; no manifest can.
const stepName = "step__"

// functions are slim-sprig's, less the forbidden ones, and isoDate. Those that
// count bytes there count characters here, those that use the local time zone
// use UTC, and those that make much of little have a limit.
func functions(steps *int) template.FuncMap {
	out := maps.Clone(baseFunctions)
	out[stepName] = func() (string, error) {
		if *steps--; *steps < 0 {
			return "", &valueError{fmt.Sprintf("the loops of the template turn more than %d times", maxSteps)}
		}
		return "", nil
	}
	return out
}

var baseFunctions = func() template.FuncMap {
	out := template.FuncMap(sprig.TxtFuncMap())
	for _, name := range forbidden {
		delete(out, name)
	}
	own := template.FuncMap{
		"isoDate": isoDate,
		"trunc":   truncate, "substr": substring,
		"repeat": repeat, "indent": indent, "nindent": nindent, "replace": replace, "join": join(out["join"]),
		"until": until, "untilStep": untilStep, "seq": sequence,
		"date": dateUTC, "dateInZone": dateInZone, "date_in_zone": dateInZone,
		"htmlDate":       func(t any) (string, error) { return dateUTC(time.DateOnly, t) },
		"htmlDateInZone": func(t any, zone string) (string, error) { return dateInZone(time.DateOnly, t, zone) },
		"toDate":         toDate, "mustToDate": toDate,
	}
	maps.Copy(out, own)
	return out
}()

func functionNames() []string {
	return append(slices.Sorted(maps.Keys(baseFunctions)), "and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "index", "len", "printf", "print")
}

// stepNode is the call of the step function, as a node to put into loops.
func stepNode() parse.Node {
	t := template.Must(template.New("").Funcs(functions(new(int))).Parse("{{" + stepName + "}}"))
	return t.Tree.Root.Nodes[0]
}

// truncate is the first n characters of s, or the last -n.
func truncate(n int, s string) string {
	r := []rune(s)
	switch {
	case n >= 0 && n < len(r):
		return string(r[:n])
	case n < 0 && -n < len(r):
		return string(r[len(r)+n:])
	}
	return s
}

// substring is the characters of s from start up to end; a negative start is
// the first, a negative end the last.
func substring(start, end int, s string) string {
	r := []rune(s)
	if end < 0 || end > len(r) {
		end = len(r)
	}
	start = min(max(start, 0), end)
	return string(r[start:end])
}

func repeat(n int, s string) (string, error) {
	if n < 0 || len(s) > 0 && n > maxCell/len(s) {
		return "", errTooMuch
	}
	return strings.Repeat(s, n), nil
}

func replace(from, to, s string) (string, error) {
	if n := strings.Count(s, from); len(to) > 0 && n > maxCell/len(to) {
		return "", errTooMuch
	}
	return strings.ReplaceAll(s, from, to), nil
}

func indent(n int, s string) (string, error) {
	pad, err := repeat(n, " ")
	if err != nil {
		return "", err
	}
	s, err = replace("\n", "\n"+pad, s)
	return pad + s, err
}

func nindent(n int, s string) (string, error) {
	s, err := indent(n, s)
	return "\n" + s, err
}

// join is sprig's with a limit.
func join(sprigs any) func(string, any) (string, error) {
	f := sprigs.(func(string, any) string)
	return func(sep string, list any) (string, error) {
		if len(sep) > 1024 {
			return "", errTooMuch
		}
		return f(sep, list), nil
	}
}

func until(n int) ([]int, error) {
	if n < 0 {
		return untilStep(0, n, -1)
	}
	return untilStep(0, n, 1)
}

func untilStep(start, stop, step int) ([]int, error) {
	if step == 0 || (stop-start)/step > maxSteps {
		return nil, &valueError{fmt.Sprintf("a list of more than %d numbers", maxSteps)}
	}
	var out []int
	for i := start; step > 0 && i < stop || step < 0 && i > stop; i += step {
		out = append(out, i)
	}
	return out, nil
}

// sequence is sprig's seq: LAST, FIRST LAST or FIRST STEP LAST, as text.
func sequence(params ...int) (string, error) {
	var first, step, last = 1, 1, 0
	switch len(params) {
	case 0:
		return "", nil
	case 1:
		last = params[0]
	case 2:
		first, last = params[0], params[1]
	case 3:
		first, step, last = params[0], params[1], params[2]
	default:
		return "", nil
	}
	if len(params) < 3 && last < first {
		step = -1
	}
	end := last + 1
	if step < 0 {
		end = last - 1
	}
	list, err := untilStep(first, end, step)
	return strings.Trim(fmt.Sprint(list), "[]"), err
}
