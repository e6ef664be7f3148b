package tcsim

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Load replaces the state by what Save wrote. On an error nothing changes: a key
// that the form does not have is one, so that nothing of a file gets lost.
func (s *Server) Load(r io.Reader) error {
	st, err := s.read(r)
	if err != nil {
		return fmt.Errorf("loading the simulated instance: %w", err)
	}
	defer s.change()()
	s.st = st
	return nil
}

func (s *Server) read(r io.Reader) (*state, error) {
	head, records, err := splitState(bufio.NewReaderSize(r, partSize))
	if err != nil {
		return nil, err
	}
	var saved struct {
		savedState
		Groups, Indicators, Cases, Artifacts, Victims, VictimAssets struct{} // null
	}
	dec := strictDecoder(head)
	if err := dec.Decode(&saved); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("there is more text behind the object")
	}
	if saved.Version != 1 {
		return nil, fmt.Errorf("version %d is not known; write \"version\": 1", saved.Version)
	}
	st := s.newState(s.cfg.with(saved.Config, saved.Owners))
	if err := attempt(func() {
		st.checkUsers()
		s.restoreAll(st, &saved.savedState, records)
	}); err != nil {
		return nil, err
	}
	return st, nil
}

func strictDecoder(r io.Reader) *json.Decoder {
	dec := json.NewDecoder(r)
	dec.UseNumber()
	dec.DisallowUnknownFields()
	return dec
}

// splitState puts the lists of records of a state file aside, and null in their
// place. They stay text until the rest is read: a file may have them in any order,
// and before what they need. Whether the text is JSON is seen then.
func splitState(r io.ByteReader) (head *bytes.Buffer, records [kindCount]spool, err error) {
	head = &bytes.Buffer{}
	var out io.ByteWriter = head
	var word []byte // the string before, in the outermost object
	depth, inString, escaped := 0, false, false
	for {
		b, err := r.ReadByte()
		if err == io.EOF {
			return head, records, nil
		}
		if err != nil {
			return nil, records, err
		}
		switch {
		case inString:
			inString = b != '"' || escaped
			escaped = b == '\\' && !escaped
			if depth == 1 && inString {
				word = append(word, b)
			}
		case b == '"':
			inString, word = true, word[:0]
		case b == '{' || b == '[':
			depth++
		case b == '}' || b == ']':
			depth--
		}
		if !inString && depth == 1 && b == ':' {
			if k, ok := recordLists[string(word)]; ok {
				head.WriteString(":null")
				out, b = &records[k], ' '
			}
		}
		if !inString && (depth == 1 && b == ',' || depth == 0) {
			out = head
		}
		out.WriteByte(b)
	}
}

// eachRecord reads a list of records, which may be null.
func (s *spool) eachRecord(do func(*Record)) error {
	if len(s.parts) == 0 {
		return nil
	}
	dec := strictDecoder(s)
	t, err := dec.Token()
	switch {
	case err != nil:
		return err
	case t == json.Delim('['):
		for dec.More() {
			var x Record
			if err := dec.Decode(&x); err != nil {
				return err
			}
			do(&x)
		}
		if _, err := dec.Token(); err != nil {
			return err
		}
	case t != nil:
		return errors.New("this is not a list")
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("it is given twice")
	}
	return nil
}

// spool keeps text until it is read, and lets go of what has been read.
type spool struct{ parts [][]byte }

func (s *spool) WriteByte(b byte) error {
	last := len(s.parts) - 1
	if last < 0 || len(s.parts[last]) == cap(s.parts[last]) {
		s.parts, last = append(s.parts, make([]byte, 0, partSize)), last+1
	}
	s.parts[last] = append(s.parts[last], b)
	return nil
}

func (s *spool) Read(p []byte) (int, error) {
	if len(s.parts) == 0 {
		return 0, io.EOF
	}
	n := copy(p, s.parts[0])
	if s.parts[0] = s.parts[0][n:]; len(s.parts[0]) == 0 {
		s.parts[0] = nil
		s.parts = s.parts[1:]
	}
	return n, nil
}
