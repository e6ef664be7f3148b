package stix

import (
	"encoding/json"
	"errors"
	"hash/maphash"
	"math"
	"strings"
	"time"

	"tcimport/internal/convert"
)

// What a value should be. These continue a sentence that begins with the property.
var (
	errText   = errors.New("it is not a text")
	errTexts  = errors.New("it is not a list of texts")
	errNumber = errors.New("it is not a number")
	errBool   = errors.New("it is neither true nor false")
	errTime   = errors.New("it is not a time such as 2021-11-03T14:30:00Z")
	errForm   = errors.New("it does not have the form that STIX gives it")
)

func decode[T any](raw json.RawMessage, wrong error) (T, error) {
	var v T
	if raw == nil || json.Unmarshal(raw, &v) != nil {
		return v, wrong
	}
	return v, nil
}

func textOf(raw json.RawMessage) (string, error) {
	s, err := decode[string](raw, errText)
	return strings.TrimSpace(s), err
}

// textsOf are the texts of a list, or one text alone: producers write both.
func textsOf(raw json.RawMessage) ([]string, error) {
	if len(raw) > 0 && raw[0] == '"' {
		s, err := textOf(raw)
		return []string{s}, err
	}
	return decode[[]string](raw, errTexts)
}

// timeOf is a time as STIX writes it.
func timeOf(raw json.RawMessage) (string, error) {
	s, err := textOf(raw)
	if err != nil {
		return "", err
	}
	if _, err := time.Parse(time.RFC3339Nano, s); err != nil {
		return "", errTime
	}
	return s, nil
}

// instant is a time as a number; the first there is if the value is no time.
func instant(raw json.RawMessage) int64 {
	s, err := timeOf(raw)
	if err != nil {
		return math.MinInt64
	}
	t, _ := time.Parse(time.RFC3339Nano, s)
	return t.UnixMicro()
}

// digest is a number for the content of an object. The order of its properties and the
// blanks between them do not matter.
func digest(seed maphash.Seed, properties []convert.Property) (sum uint64) {
	for _, p := range properties {
		var h maphash.Hash
		h.SetSeed(seed)
		h.WriteString(p.Name)
		quoted, escaped := false, false
		for _, c := range p.Value {
			switch {
			case escaped:
				escaped = false
			case quoted && c == '\\':
				escaped = true
			case c == '"':
				quoted = !quoted
			case !quoted && (c == ' ' || c == '\n' || c == '\t' || c == '\r'):
				continue
			}
			h.WriteByte(c)
		}
		sum += h.Sum64()
	}
	return sum
}
