package main

import (
	"cmp"
	"time"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/report"
	"tcimport/internal/state"
)

// unlisted tells which indicators lists may not show yet: those of which the journal of earlier runs
// or the caller knows, and of those that a manifest lists by themselves, the ones that reports of earlier
// runs have with their ID. All others come with a group, which shows them. Reports are read only if there
// is any of them to look for.
func unlisted(journal *state.Resume, known map[*intel.Object]int64, reports ...report.Rows) func([]*intel.Object) (map[int]int64, error) {
	type name struct{ typ, name, owner string }
	return func(objects []*intel.Object) (map[int]int64, error) {
		ids, rest := map[int]int64{}, map[name]int{}
		for i, o := range objects {
			begun, ok := journal.Object(o, time.Time{})
			if id := cmp.Or(begun.ID, known[o]); ok || id != 0 {
				ids[i] = id
			}
			if o.Own && ids[i] == 0 {
				rest[name{o.Type, o.Summary, o.Owner}] = i
			}
		}
		for _, rows := range reports {
			if len(rest) == 0 {
				break
			}
			for row, err := range rows {
				if err != nil {
					return nil, err
				}
				if row.Kind != report.KindOf(intel.KindIndicator) || row.ID == 0 || row.Action == plan.Delete {
					continue
				}
				if i, ok := rest[name{row.Type, row.Name, row.Owner}]; ok {
					ids[i] = row.ID
				}
			}
		}
		return ids, nil
	}
}

// reports are those of earlier runs that are at hand, each once.
func (r *applying) reports(namespace string) []report.Rows {
	reports := []report.Rows{r.ids.rows}
	if r.ids == nil || !sameFile(r.ids.path, r.o.report) {
		reports = append(reports, replaced(r.o.report, report.Meta{Instance: r.connection.name(), Namespace: namespace}))
	}
	return reports
}

// knownIDs are the IDs that a saved plan has of indicators which a manifest lists by themselves.
func knownIDs(pn *plan.Plan) map[*intel.Object]int64 {
	ids := map[*intel.Object]int64{}
	for _, o := range pn.Objects {
		if o.Own && o.Definition != nil && o.ID() != 0 {
			ids[o.Definition] = o.ID()
		}
	}
	return ids
}
