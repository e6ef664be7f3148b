package reader

import (
	"regexp"

	"tcimport/internal/intel"
	"tcimport/internal/message"
)

// mangled matches a long number as a spreadsheet rounds it, or a hash that
// looks like one.
var mangled = regexp.MustCompile(`^[0-9](?:[.,][0-9]+)?E\+[0-9]+$`)

// mangledColumns are the columns in which such a number is probably a mistake.
var mangledColumns = func() map[string]bool {
	out := map[string]bool{fieldKey: true, fieldXID: true, fieldSummary: true, intel.KindIndicator.AssociationField(): true}
	for _, t := range intel.IndicatorTypes {
		for _, name := range t.Values {
			out[name] = true
		}
	}
	return out
}()

// warnMangled warns of a value that a spreadsheet seems to have changed.
func (m *mapper) warnMangled(r row, name, value string) {
	if len(value) >= 4 && len(value) <= 24 && mangledColumns[name] && mangled.MatchString(value) {
		m.out.problems.Warnf(m.pos(r, name), "%s: %s looks like a number that a spreadsheet has rounded; format the column as text there", name, message.Quote(value))
	}
}
