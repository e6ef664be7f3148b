package celltemplate

import (
	"fmt"
	"reflect"
)

// What a template may do for one cell. A manifest can come from anybody, and a
// few characters of a template can ask for all memory there is, or for a value
// that contains itself, which overflows the stack when it is printed.
const (
	maxTemplate = 64 << 10 // bytes of its text, which is parsed by recursion
	maxTurns    = 100_000  // of its loops
	maxNested   = 32       // lists and dictionaries within each other
	maxHandled  = 256 << 20
)

// meter bounds the cost of the template of a cell: all arguments and results
// of functions pass through it, and all printed values.
type meter struct {
	turns, bytes int
	separator    string // of lists in cells
}

func (m *meter) reset() { m.turns, m.bytes = maxTurns, maxHandled }

// turn counts a turn of a loop.
func (m *meter) turn() (string, error) {
	if m.turns--; m.turns < 0 {
		return "", &valueError{fmt.Sprintf("the loops of the template run more than %d times", maxTurns)}
	}
	return "", nil
}

// show is the text of a printed value.
func (m *meter) show(value any) (string, error) {
	if value == nil {
		return "<no value>", nil
	}
	if err := m.take(reflect.ValueOf(value)); err != nil {
		return "", err
	}
	if l, ok := value.(items); ok {
		return l.cell(m.separator)
	}
	return fmt.Sprint(value), nil
}

var (
	errTooMuch = &valueError{fmt.Sprintf("the template makes more than %d MiB of one cell", maxCell>>20)}
	errHandled = &valueError{fmt.Sprintf("the template handles more than %d MiB of values for one cell", maxHandled>>20)}
	errNested  = &valueError{fmt.Sprintf("the template makes a value that contains itself, or is nested more than %d deep", maxNested)}
)

// take counts a value and fails if it is too large.
func (m *meter) take(v reflect.Value) error {
	left := maxCell
	if err := measure(v, 0, &left); err != nil {
		return err
	}
	if m.bytes -= maxCell - left; m.bytes < 0 {
		return errHandled
	}
	return nil
}

// measure subtracts the approximate size of v, as text, from left.
func measure(v reflect.Value, depth int, left *int) error {
	if depth > maxNested {
		return errNested
	}
	*left -= 16
	switch v.Kind() {
	case reflect.String:
		*left -= v.Len()
	case reflect.Interface:
		return measure(v.Elem(), depth, left)
	case reflect.Slice, reflect.Array:
		for i := 0; i < v.Len() && *left >= 0; i++ {
			if err := measure(v.Index(i), depth+1, left); err != nil {
				return err
			}
		}
	case reflect.Map:
		for each := v.MapRange(); each.Next() && *left >= 0; {
			*left -= 32
			if err := measure(each.Key(), depth+1, left); err != nil {
				return err
			}
			if err := measure(each.Value(), depth+1, left); err != nil {
				return err
			}
		}
	}
	if *left < 0 {
		return errTooMuch
	}
	return nil
}

// wrap is the function fn, called name, on the meter.
func (m *meter) wrap(name string, fn any) any {
	f := reflect.ValueOf(fn)
	t := f.Type()
	in := make([]reflect.Type, t.NumIn())
	for i := range in {
		in[i] = t.In(i)
	}
	call := f.Call
	if t.IsVariadic() {
		call = f.CallSlice
	}
	wrapped := reflect.FuncOf(in, []reflect.Type{t.Out(0), reflect.TypeFor[error]()}, t.IsVariadic())
	return reflect.MakeFunc(wrapped, func(args []reflect.Value) []reflect.Value {
		result, err := m.call(growth[name], call, args)
		if err != nil {
			result = reflect.Zero(t.Out(0))
		}
		return []reflect.Value{result, reflect.ValueOf(&err).Elem()}
	}).Interface()
}

func (m *meter) call(grow func(...reflect.Value) int, call func([]reflect.Value) []reflect.Value, args []reflect.Value) (reflect.Value, error) {
	for _, a := range args {
		if err := m.take(a); err != nil {
			return a, err
		}
	}
	if grow != nil && grow(args...) > maxCell {
		return reflect.Value{}, errTooMuch
	}
	out := call(args)
	if len(out) == 2 && !out[1].IsNil() {
		return out[0], out[1].Interface().(error)
	}
	return out[0], m.take(out[0])
}
