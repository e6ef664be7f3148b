package intel

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// canonicalJSON is a JSON value without blanks, the keys of objects sorted,
// numbers as written.
func canonicalJSON(value string) (string, error) {
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

// assignmentTypes are the types of the assignments of a Task.
var assignmentTypes = []string{"Assigned", "Escalate"}

const assignmentsForm = `write [{"type": "Assigned", "user": {"id": 12}}], or Assigned:12|Escalate:8`

// canonicalAssignments takes the assignments of a Task as the API has them, as
// its list alone, or as the short form of CSV cells; canonical is the list.
func canonicalAssignments(value string) (string, error) {
	value = strings.TrimSpace(value)
	if value == "" || value[0] != '[' && value[0] != '{' {
		return shortAssignments(value)
	}
	v, err := decodeJSON(value)
	if err != nil {
		return "", err
	}
	if object, ok := v.(map[string]any); ok {
		v = object["data"]
	}
	list, ok := v.([]any)
	if !ok {
		return "", errors.New("is not a list of assignments: " + assignmentsForm)
	}
	for _, entry := range list {
		if err := checkAssignment(entry); err != nil {
			return "", err
		}
	}
	return encodeJSON(list)
}

// checkAssignment also puts the entry's type into the API's spelling.
func checkAssignment(entry any) error {
	object, ok := entry.(map[string]any)
	if !ok {
		return errors.New("contains an entry that is not an assignment: " + assignmentsForm)
	}
	written, _ := object["type"].(string)
	typ, ok := spelling(strings.TrimSpace(written), assignmentTypes)
	if !ok {
		return fmt.Errorf("has the type %s, which is not one of %s", quote(written), listed(assignmentTypes))
	}
	object["type"] = typ
	user, ok := object["user"].(map[string]any)
	if !ok {
		return errors.New("names no user: " + assignmentsForm)
	}
	if name, ok := user["userName"].(string); ok && name != "" {
		return nil
	}
	id, ok := user["id"].(json.Number)
	if text, isText := user["id"].(string); isText {
		id, ok = json.Number(text), true
	}
	n, err := canonicalInteger(id.String())
	if !ok || err != nil || n == "0" || n[0] == '-' {
		return errors.New("names a user without an ID: " + assignmentsForm)
	}
	user["id"] = json.Number(n)
	return nil
}

// shortAssignments reads Assigned:12|Escalate:8.
func shortAssignments(value string) (string, error) {
	list := []any{}
	for item := range strings.SplitSeq(value, "|") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		typ, id, ok := strings.Cut(item, ":")
		if !ok {
			return "", errors.New("is not a list of assignments: " + assignmentsForm)
		}
		entry := map[string]any{"type": typ, "user": map[string]any{"id": strings.TrimSpace(id)}}
		if err := checkAssignment(entry); err != nil {
			return "", err
		}
		list = append(list, entry)
	}
	if len(list) == 0 {
		return "", errors.New("is not a list of assignments: " + assignmentsForm)
	}
	return encodeJSON(list)
}
