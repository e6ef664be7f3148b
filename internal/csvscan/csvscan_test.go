package csvscan

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// FuzzScanner: what the scanner takes without complaint is what encoding/csv makes
// of it, but for the line ends within cells.
func FuzzScanner(f *testing.F) {
	f.Add([]byte("type,name,tags\nThreat,a,\"x|y\\|z\"\r\n\"Threat\",\"b\r\nc\",\n"))
	f.Add([]byte("\xff\xfet\x00,\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := New(bufio.NewReader(bytes.NewReader(text)), ',')
		s.Width = len(text) + 1
		var got [][]string
		for {
			record, starts, err := s.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				var e *Error
				if !errors.As(err, &e) {
					t.Fatalf("%v is no *Error", err)
				}
				return
			}
			if len(starts) != len(record) {
				t.Fatalf("%d places for %d cells", len(starts), len(record))
			}
			for i := range record {
				record[i] = strings.ReplaceAll(record[i], "\r\n", "\n")
			}
			got = append(got, record)
		}
		r := csv.NewReader(bytes.NewReader(text))
		r.FieldsPerRecord = -1
		want, err := r.ReadAll()
		if err != nil {
			t.Fatalf("encoding/csv: %v; got %q", err, got)
		}
		if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
			t.Fatalf("got %q, encoding/csv %q", got, want)
		}
	})
}
