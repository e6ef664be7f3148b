package state

import (
	"reflect"
	"testing"
	"time"

	"tcimport/internal/apply"
	"tcimport/internal/baseline"
	"tcimport/internal/intel"
	"tcimport/internal/jsonwriter"
	"tcimport/internal/plan"
)

// TestRecordsAreWhatEncodingJSONWrites: each field of a record alone, and all together, are
// written as encoding/json writes them.
func TestRecordsAreWhatEncodingJSONWrites(t *testing.T) {
	const odd = "<a> & \"b\" \\ \n\x00\u2028 é \xff"
	values := []any{odd, plan.Verb(odd), apply.Status(odd), 7, int64(-7), true, time.Date(2026, 1, 2, 3, 4, 5, 600, time.FixedZone("", 3600)),
		baseline.New(baseline.Attribute(odd, "v"), baseline.Link(intel.KindGroup, 7).As(baseline.MaybeThere), baseline.Name("n")),
		[]lost{{3, "failed", odd}, {0, "doubt", ""}}, []unmade{{0, "failed"}}, baseline.Rewritten{odd: "b\na", "a": ""}, intel.WebLinkOf(odd + "7" + odd)}
	var all record
	count := 0
	var visit func(path []int, typ reflect.Type)
	visit = func(path []int, typ reflect.Type) {
		for i := range typ.NumField() {
			at := append(path[:len(path):len(path)], i)
			f := typ.Field(i)
			if f.Anonymous {
				visit(at, f.Type)
				continue
			}
			alone := record{Record: recordEnd}
			for _, rec := range []*record{&alone, &all} {
				found := false
				for _, v := range values {
					if reflect.TypeOf(v) == f.Type {
						reflect.NewAt(f.Type, reflect.ValueOf(rec).Elem().FieldByIndex(at).Addr().UnsafePointer()).Elem().Set(reflect.ValueOf(v))
						found = true
					}
				}
				if !found {
					t.Errorf("no value for %s", f.Name)
				}
			}
			sameAsJSON(t, alone)
			count++
		}
	}
	visit(nil, reflect.TypeFor[record]())
	sameAsJSON(t, all)
	sameAsJSON(t, record{})
	if count < 20 {
		t.Errorf("%d fields", count)
	}
}

func sameAsJSON(t *testing.T, rec record) {
	t.Helper()
	want := jsonwriter.Writer{Buf: []byte("before")}
	want.Any(rec)
	if got := string(rec.appendLine([]byte("before"))); got != string(want.Bytes())+"\n" {
		t.Errorf("%s\nwant %s", got, want.Bytes())
	}
}
