package inventory

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/spelling"
)

// Fingerprint is a short name for what a group looks like, as far as c says that it
// is compared: two digests are equal where the comparison would come to the
// same. Associations with the groups that the plan deletes do not count: the
// plan may have deleted them by the time it is looked at again.
func Fingerprint(r *intel.Remote, c plan.Compared, doomed map[int64]bool) string {
	b := strconv.AppendInt(make([]byte, 0, 1<<10), r.ID, 10)
	quoted := func(texts ...string) {
		for _, t := range texts {
			b = appendQuoted(append(b, ' '), t)
		}
	}
	quoted(r.Type, r.Name, r.Owner, r.XID)
	b = append(b, '\n')
	for _, name := range c.Fields {
		b = append(b, name...)
		v, _ := r.Fields.Get(name)
		quoted(v)
		b = append(b, '\n')
	}
	head := len(b)
	ends := make([]int, 0, len(r.Tags)+len(r.SecurityLabels)+2*len(r.Attributes)+len(r.Links)) // of the lines behind it
	number := func(id int64) { b = strconv.AppendInt(append(b, ' '), id, 10) }
	end := func() { ends = append(ends, len(b)) }
	if c.Lists.Has(intel.ListTags) {
		for _, t := range r.Tags {
			b = append(b, "tag"...)
			quoted(spelling.Fold(t.Name))
			end()
		}
	}
	if c.Lists.Has(intel.ListSecurityLabels) {
		for _, l := range r.SecurityLabels {
			b = append(b, "label"...)
			quoted(intel.LabelKey(l.Name))
			end()
		}
	}
	if c.Lists.Has(intel.ListAttributes) {
		withLabels := slices.Contains(c.Fields, plan.AttributeLabels)
		for _, at := range r.Attributes {
			if withLabels {
				b = fmt.Appendf(b, "labels of attribute %d %q", at.ID, foldedLabels(at.SecurityLabels))
				end()
			}
			b = append(b, "attribute"...)
			number(at.ID)
			quoted(at.Type, at.Value, at.Source)
			b = append(strconv.AppendBool(append(b, ' '), at.Default == intel.Yes), ' ')
			b = strconv.AppendBool(b, at.Pinned == intel.Yes)
			end()
		}
	}
	for _, l := range r.Links {
		if c.Lists.Has(l.Kind.List()) && !(l.Kind == intel.KindGroup && doomed[l.ID]) {
			b = append(append(b, "link "...), l.Kind.String()...)
			number(l.ID)
			end()
		}
	}
	sum := sha256.Sum256(sortedLines(b, head, ends))
	return hex.EncodeToString(sum[:8])
}

// appendQuoted is strconv.AppendQuote, at once for what is written as it is.
func appendQuoted(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return strconv.AppendQuote(b, s)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// sortedLines are the lines of a text behind its head, sorted. ends says where each ends.
func sortedLines(text []byte, head int, ends []int) []byte {
	lines := make([][]byte, len(ends))
	from := head
	for i, end := range ends {
		lines[i], from = text[from:end], end
	}
	slices.SortFunc(lines, bytes.Compare)
	out := append(make([]byte, 0, len(text)+len(lines)), text[:head]...)
	for i, line := range lines {
		if i > 0 {
			out = append(out, '\n')
		}
		out = append(out, line...)
	}
	return out
}

func foldedLabels(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = intel.LabelKey(name)
	}
	slices.Sort(out)
	return out
}
