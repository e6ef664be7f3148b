package canonical

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// assignmentTypes are the types of the assignments of a Task.
var assignmentTypes = []string{"Assigned", "Escalate"}

const assignmentsForm = `write [{"type": "Assigned", "user": {"id": 12}}], or Assigned:12|Escalate:8`

// Assignments takes the assignments of a Task as the API has them, as
// its list alone, or as the short form of CSV cells; canonical is the list.
func Assignments(value string) (string, error) {
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
	typ, ok := spelling.Find(strings.TrimSpace(written), assignmentTypes)
	if !ok {
		return fmt.Errorf("has the type %s, which is not one of %s", message.Quote(written), message.List(assignmentTypes))
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
	n, err := Integer(id.String())
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
