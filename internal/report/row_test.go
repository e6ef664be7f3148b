package report

import (
	"fmt"
	"strings"
	"testing"
)

// TestRowsOfUnknownWords: a row whose kind, action or status is no word of a report
// is an error with its line. Passed over, its group would be taken for a new one.
func TestRowsOfUnknownWords(t *testing.T) {
	for _, c := range []struct{ kind, action, status, want string }{
		{"group", "create", "ok", ""},
		{"association", "reference", "not-attempted", ""},
		{"foo", "create", "ok", "ids:2: column kind: \"foo\" is none of group, "},
		{"group", "made", "ok", "ids:2: column action: \"made\" is none of create, "},
		{"group", "create", "fine", "ids:2: column status: \"fine\" is none of ok, failed, doubt, not-attempted"},
	} {
		for name, text := range map[string]string{
			"CSV":  fmt.Sprintf("kind,key,type,name,owner,xid,id,webLink,action,status,error,source\n%s,a,Threat,A,O,,7,,%s,%s,,m.yaml:1\n", c.kind, c.action, c.status),
			"JSON": fmt.Sprintf("{\"rows\": [\n{\"kind\":%q,\"key\":\"a\",\"type\":\"Threat\",\"name\":\"A\",\"owner\":\"O\",\"id\":7,\"action\":%q,\"status\":%q}\n]}\n", c.kind, c.action, c.status),
		} {
			_, err := readAll(strings.NewReader(text), "ids")
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), "column ", ""), strings.ReplaceAll(c.want, "column ", ""))) {
				t.Errorf("%s: %v, want %q", name, err, c.want)
			}
		}
	}
}
