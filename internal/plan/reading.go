package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"tcimport/internal/baseline"
)

// Read reads a plan back, compressed or not, and proves that it is whole.
func Read(r io.Reader) (*Plan, error) {
	text, err := plain(r)
	if err != nil {
		return nil, fmt.Errorf("not a saved plan: %w", err)
	}
	d := newDecoder(text, maxValue)
	var p Plan
	if err := p.read(d); errors.Is(err, errOlder) {
		return nil, errOlder
	} else if err != nil {
		return nil, fmt.Errorf("not a saved plan: %w", err)
	}
	_, err = d.Token()
	if _, more := errors.AsType[*json.SyntaxError](err); more || err == nil {
		return nil, fmt.Errorf("not a saved plan: the file holds more than one JSON document")
	} else if err != io.EOF { // a compressed file that is cut or damaged
		return nil, fmt.Errorf("not a saved plan: %w", err)
	}
	switch p.Version {
	case Version:
	case 0:
		return nil, fmt.Errorf("not a saved plan: it has no version")
	default:
		return nil, fmt.Errorf("the plan has the version %d, this tcimport reads version %d: plan again", p.Version, Version)
	}
	p.join()
	if p.ID != p.digest() {
		return nil, fmt.Errorf("the plan was changed after it was saved, or saved by another version of tcimport (its planId does not match its content): plan again")
	}
	p.sortBaselines()
	return &p, nil
}

// maxValue is the most that a value of a plan takes: an action, an entry of the id-map. A
// small compressed file can hold very much.
const maxValue = 256 << 20

// newDecoder reads JSON of which no value has more than most bytes.
func newDecoder(r io.Reader, most int64) *json.Decoder {
	b := &bounded{r: r, most: most}
	b.d = json.NewDecoder(b)
	return b.d
}

// bounded is what a decoder reads. It ends with an error if a value is too long.
type bounded struct {
	r    io.Reader
	d    *json.Decoder
	most int64
	n    int64 // bytes read
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.n-b.d.InputOffset() > b.most {
		return 0, fmt.Errorf("a value has more than %d MB", b.most>>20)
	}
	n, err := b.r.Read(p)
	b.n += int64(n)
	return n, err
}

// join makes associations lead to what the plan itself says of their other ends.
func (p *Plan) join() {
	groups := make(map[string]*Action, len(p.Actions))
	for _, a := range p.Actions {
		if !a.Reference {
			groups[a.Key] = a
		}
	}
	each := func(list []Association) {
		for i := range list {
			as := &list[i]
			if place := as.Object(); 0 < place && place <= len(p.Objects) {
				as.lead(nil, p.Objects[place-1])
			} else if place == 0 {
				as.lead(groups[as.Key()], nil)
			}
		}
	}
	for _, a := range p.Actions {
		each(a.Associations)
		if a.Wanted() != nil {
			each(a.Wanted().Associations)
		}
	}
}

// sortBaselines sorts what an earlier version has saved in another order.
func (p *Plan) sortBaselines() {
	for _, a := range p.Actions {
		if a.found != nil {
			a.found.Baseline = baseline.New(a.found.Baseline...)
		}
	}
	for key, g := range p.IDMap {
		g.Baseline = baseline.New(g.Baseline...)
		p.IDMap[key] = g
	}
}

// IsSaved reports whether r is a saved plan, of whatever version. Both fields
// that say so stand before the actions.
func IsSaved(r io.Reader) bool {
	text, err := plain(r)
	if err != nil {
		return false
	}
	var version int
	var id string
	err = object(json.NewDecoder(io.LimitReader(text, headSize)), func(d *json.Decoder, name string) error {
		switch name {
		case "version":
			return d.Decode(&version)
		case "planId":
			return d.Decode(&id)
		}
		if version > 0 && id != "" {
			return errEnough
		}
		return d.Decode(&json.RawMessage{})
	})
	return (err == nil || errors.Is(err, errEnough)) && version > 0 && id != ""
}

// headSize bounds what IsSaved reads.
const headSize = 1 << 20

var errEnough = errors.New("read as far as it matters")

// object reads a JSON object field by field.
func object(d *json.Decoder, field func(d *json.Decoder, name string) error) error {
	if err := expect(d, '{', "a JSON object"); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		if err := field(d, name.(string)); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func expect(d *json.Decoder, delim json.Delim, what string) error {
	t, err := d.Token()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err == nil && t != delim {
		err = fmt.Errorf("it must be %s", what)
	}
	return err
}

// read reads what stream writes.
func (p *Plan) read(d *json.Decoder) error {
	fields := map[string]any{}
	for tag, field := range p.fields {
		name, _, _ := strings.Cut(tag, ",")
		fields[name] = field.Addr().Interface()
	}
	return object(d, func(d *json.Decoder, name string) error {
		var err error
		switch field := fields[name].(type) {
		case nil:
			err = d.Decode(&json.RawMessage{})
		case *[]*Action:
			*field, err = readEntries[Action](d)
		case *[]*Object:
			*field, err = readEntries[Object](d)
		case *baseline.IDMap:
			*field = baseline.IDMap{}
			err = object(d, func(d *json.Decoder, key string) error {
				var g baseline.Group
				err := d.Decode(&g)
				(*field)[key] = g
				return err
			})
		default:
			err = d.Decode(field)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	})
}

// readEntries reads a list, entry by entry.
func readEntries[T any](d *json.Decoder) ([]*T, error) {
	if err := expect(d, '[', "a list"); err != nil {
		return nil, err
	}
	list := []*T{}
	for d.More() {
		v := new(T)
		if err := d.Decode(v); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
}
