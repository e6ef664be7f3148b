package intel

import "slices"

// The input file of a job of the v2 Batch API has the same names for scalars as v3, but not all
// of them. Source: developer docs, rest_api/v2/batch_api, the fields pages.

// InJob reports whether the file can carry a new group of the type with the scalars that has
// reports. One that cannot be read back goes by v3: nobody could say whether a job has set it.
func (t *GroupType) InJob(has func(field string) bool) bool {
	for i := range t.Fields {
		if f := &t.Fields[i]; f.CreateOnly && has(f.Name) || (f.Required || f.NeededInJob) && !has(f.Name) {
			return false
		}
	}
	return !t.NotInJobs
}

// InJob reports whether the file can carry o. It names an indicator by its summary, which has to
// say which values it has.
func (o *Object) InJob() bool {
	if o.Kind != KindIndicator || o.Summary == "" || slices.ContainsFunc(o.Tags(), func(t Tag) bool { return t.Name == "" }) {
		return false
	}
	for _, f := range o.Fields() {
		if spec, ok := findField(indicatorFields, f.Name); !ok || spec.NotInJob {
			return false
		}
	}
	t, _ := IndicatorTypeNamed(o.Type, nil)
	return t != nil && t.anyOf || !slices.Contains(o.Values(), "")
}
