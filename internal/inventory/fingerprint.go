package inventory

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"tcimport/internal/intel"
	"tcimport/internal/plan"
	"tcimport/internal/spelling"
)

// Fingerprint is a short name for what a group looks like, as far as c says that it
// is compared: two digests are equal where the comparison would come to the
// same. Associations with the groups that the plan deletes do not count: the
// plan may have deleted them by the time it is looked at again.
func Fingerprint(r *intel.Remote, c plan.Compared, doomed map[int64]bool) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%d %q %q %q %q", r.ID, r.Type, r.Name, r.Owner, r.XID)
	for _, name := range c.Fields {
		v, _ := r.Fields.Get(name)
		line("%s %q", name, v)
	}
	var lines []string
	if c.Lists.Has(intel.ListTags) {
		for _, t := range r.Tags {
			lines = append(lines, fmt.Sprintf("tag %q", spelling.Fold(t.Name)))
		}
	}
	if c.Lists.Has(intel.ListSecurityLabels) {
		for _, l := range r.SecurityLabels {
			lines = append(lines, fmt.Sprintf("label %q", intel.LabelKey(l.Name)))
		}
	}
	if c.Lists.Has(intel.ListAttributes) {
		withLabels := slices.Contains(c.Fields, plan.AttributeLabels)
		for _, at := range r.Attributes {
			if withLabels {
				lines = append(lines, fmt.Sprintf("labels of attribute %d %q", at.ID, foldedLabels(at.SecurityLabels)))
			}
			lines = append(lines, fmt.Sprintf("attribute %d %q %q %q %t %t", at.ID, at.Type, at.Value, at.Source, isTrue(at.Default), isTrue(at.Pinned)))
		}
	}
	for _, l := range r.Links {
		if c.Lists.Has(l.Kind.List()) && !(l.Kind == intel.KindGroup && doomed[l.ID]) {
			lines = append(lines, fmt.Sprintf("link %s %d", l.Kind, l.ID))
		}
	}
	slices.Sort(lines)
	b.WriteString(strings.Join(lines, "\n"))
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:8])
}

func isTrue(b *bool) bool { return b != nil && *b }

func foldedLabels(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = intel.LabelKey(name)
	}
	slices.Sort(out)
	return out
}
