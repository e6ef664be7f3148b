package canonical

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// JSON is a JSON value without blanks, the keys of objects sorted,
// numbers as written.
func JSON(value string) (string, error) {
	v, err := decodeJSON(value)
	if err != nil {
		return "", err
	}
	return encodeJSON(v)
}

func decodeJSON(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, errors.New("is not valid JSON: it ends too early")
		}
		return nil, fmt.Errorf("is not valid JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("is not valid JSON: there is more after the first value, at byte %d", d.InputOffset())
	}
	return v, nil
}

func encodeJSON(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", fmt.Errorf("is not valid JSON: %w", err)
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}
