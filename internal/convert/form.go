package convert

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// checkForm refuses what is no JSON in UTF-8, and skips a byte order mark.
func checkForm(in *bufio.Reader, format string) error {
	head, err := in.Peek(512)
	if len(head) == 0 && err != nil && err != io.EOF {
		return err
	}
	if bytes.HasPrefix(head, []byte("\ufeff")) {
		_, _ = in.Discard(3)
		head = head[3:]
	}
	text := bytes.TrimSpace(head)
	switch {
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}), bytes.IndexByte(head[:min(4, len(head))], 0) >= 0:
		return errors.New("this is UTF-16 or UTF-32: convert it to UTF-8 first, as with iconv -f UTF-16 -t UTF-8")
	case bytes.HasPrefix(head, []byte{0x1F, 0x8B}):
		return errors.New("this is compressed with gzip: unpack it first, or read it from gzip -dc through a pipe")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return errors.New("this is a ZIP archive: unpack it first")
	case len(text) == 0:
		return errors.New("the file is empty")
	case bytes.Contains(text, []byte("stix:STIX_Package")), bytes.Contains(text, []byte("http://stix.mitre.org")):
		return errors.New("this is STIX 1 in XML: convert it to STIX 2 first")
	case text[0] == '<':
		return fmt.Errorf("this is HTML or XML, not %s in JSON", format)
	}
	return nil
}

// explained is an error of encoding/json as it concerns somebody who has a file.
func explained(err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errors.New("the file ends in the middle of an object: it is not complete")
	case strings.Contains(err.Error(), "exceeded max depth"):
		return errors.New("an object is nested too deeply")
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("this is not JSON: %w", syntax)
	}
	return err
}
