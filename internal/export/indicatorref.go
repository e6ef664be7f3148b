package export

import (
	"slices"
	"strings"

	"tcimport/internal/intel"
)

// means reports whether a reader of o ends up with the indicator that has keys.
func (x *rules) means(o intel.Object, t *intel.IndicatorType, keys []string) bool {
	if o.Summary != strings.TrimSpace(o.Summary) || o.Summary != "" && !standsAlone(&o) {
		return false
	}
	c := o.Clone()
	var ps intel.Problems
	x.checker.Object(c, &ps)
	return ps.Errors() == 0 && slices.Equal(t.Keys(c.Values()), keys)
}

// standsAlone reports whether Type:summary is read as just that: the first
// colon ends the type, and two slashes would make an address of it.
func standsAlone(o *intel.Object) bool {
	return !strings.ContainsAny(o.Type, ":#") && o.Type == strings.TrimSpace(o.Type) && !strings.HasPrefix(o.Summary, "//")
}
