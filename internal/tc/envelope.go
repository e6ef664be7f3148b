package tc

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// envelope is what stands around the data of an answer.
type envelope struct {
	status  string // "Success"; "" where absent
	message string
	code    string
	next    string
	count   int64 // -1 where absent
	data    bool  // there was a key data
	size    int64 // of the entries of a list, in memory
}

// set takes one member, other than data, into the envelope.
func (e *envelope) set(key string, v value) {
	switch key {
	case "status":
		e.status = v.text()
	case "message", "description":
		if e.message == "" {
			e.message = v.text()
		}
	case "errCode":
		e.code = v.text()
	case "next":
		e.next = v.text()
	case "count":
		if n, ok := v.int(); ok {
			e.count = n
		}
	}
}

// envelopeOf takes an answer apart: into its envelope, and the data in it.
func envelopeOf(answer value) (env envelope, data value) {
	env.count = -1
	for key, v := range answer.members() {
		if string(key) == "data" {
			env.data, data = true, v
			continue
		}
		env.set(string(key), v)
	}
	return env, data
}

// errShape is for an answer that is JSON, but not what the API documents: no
// second try will make it so.
var errShape = errors.New("not what the API documents")

func shapeError(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errShape, fmt.Sprintf(format, args...))
}

// texts are buffers for the answers that hold one object.
var texts = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// maxPooled is the capacity of a buffer that is kept for the next answer.
const maxPooled = 64 << 10

// readValue reads a JSON value into buf. As for a decoder, nothing that follows the value
// counts.
func readValue(r io.Reader, buf *bytes.Buffer) (value, error) {
	_, err := buf.ReadFrom(r)
	text := buf.Bytes()
	if end := scanValue(text, 0, 0); end >= 0 {
		return text[skipSpace(text, 0):end], nil
	}
	var v json.RawMessage
	if broken := json.NewDecoder(buf).Decode(&v); broken != nil {
		return nil, cmp.Or(err, broken)
	}
	return value(v), nil
}

// readOne reads an answer that holds one object (or anything else) as its data. take
// receives the data, which is only valid until it returns.
func readOne(r *answer, write bool, take func(value) error) error {
	return readObject(r, func(v value) error {
		env, data := envelopeOf(v)
		if err := env.accept(write); err != nil {
			return err
		}
		if err := r.entry(data); err != nil || take == nil {
			return err
		}
		return take(data)
	})
}

// readObject reads an answer that is one object. take receives it, which is only valid until
// it returns.
func readObject(r *answer, take func(value) error) error {
	buf := texts.Get().(*bytes.Buffer)
	defer func() {
		if buf.Cap() <= maxPooled {
			buf.Reset()
			texts.Put(buf)
		}
	}()
	v, err := readValue(r, buf)
	if err != nil {
		return err
	}
	if v.kind() != '{' {
		return shapeError("it is not a JSON object")
	}
	return take(v)
}

// readList reads an answer whose data is a list, entry by entry. An entry is only
// valid until each returns. linked gets the link to the next page, if it comes first.
func readList(r *answer, linked func(string), each func(value) error) (envelope, error) {
	return readListFrom(newStream(r), r, linked, each)
}

func readListFrom(s *stream, r *answer, linked func(string), each func(value) error) (envelope, error) {
	env := envelope{count: -1}
	start, err := s.peek()
	if err == nil && start != '{' {
		if _, err = s.value(); err == nil {
			err = shapeError("it is not a JSON object")
		}
	}
	if err != nil {
		return env, err
	}
	s.at++
	for first := true; ; first = false {
		more, err := s.more(first, '}')
		if err != nil {
			return env, err
		}
		if !more {
			env.size = r.kept
			return env, env.accept(false)
		}
		if err := readMember(s, &env, linked, r.entry, each); err != nil {
			return env, err
		}
	}
}

// readMember reads one member of an answer.
func readMember(s *stream, env *envelope, linked func(string), count, each func(value) error) error {
	v, err := s.value()
	if err != nil {
		return err
	}
	if v.kind() != '"' {
		return fmt.Errorf("invalid character %q where a key has to be", v[0])
	}
	key := v.text()
	if err := s.skip(':'); err != nil {
		return err
	}
	if key == "data" {
		env.data = true
		if env.next != "" && linked != nil {
			linked(env.next)
		}
		return readEntries(s, count, each)
	}
	if v, err = s.value(); err == nil {
		env.set(key, v)
	}
	return err
}

func readEntries(s *stream, count, each func(value) error) error {
	start, err := s.peek()
	if err != nil {
		return err
	}
	if start != '[' {
		v, err := s.value()
		if err == nil && !v.null() {
			err = shapeError("data is not a list")
		}
		return err
	}
	s.at++
	for first := true; ; first = false {
		more, err := s.more(first, ']')
		if !more || err != nil {
			return err
		}
		v, err := s.value()
		if err != nil {
			return err
		}
		if err := count(v); err != nil {
			return err
		}
		if err := each(v); err != nil {
			return err
		}
	}
}

// accept turns an answer that is no success into an error. Samples of reads lack
// the status here and there; a write without one has not been confirmed.
func (e envelope) accept(write bool) error {
	switch {
	case e.status == "" && (write || !e.data):
		return shapeError("its status is not Success")
	case e.status != "" && !strings.EqualFold(e.status, "Success"):
		return &failedAnswer{e}
	}
	return nil
}
