package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sort"
	"strings"

	"tcimport/internal/tcsim"
)

// dumper writes the state of an instance as text in which objects are named by
// what they are instead of by their IDs: two imports of the same manifest give
// the same text.
type dumper struct {
	snap      *tcsim.Snapshot
	namespace string
	keys      []string // of the groups: an xid derived from one is written as key:KEY
	names     map[tcsim.Ref]string
	blocks    []string
	lines     []string
}

// dump writes the state of an instance.
func dump(snap *tcsim.Snapshot, namespace string, keys ...string) string {
	d := &dumper{snap: snap, namespace: namespace, keys: keys, names: map[tcsim.Ref]string{}}
	d.nameAll()
	for _, g := range snap.Groups {
		d.lists(g.Fields, g.Tags, g.SecurityLabels, g.Attributes)
		d.links(g.Associations)
		d.block(d.names[tcsim.Ref{Kind: tcsim.KindGroup, ID: g.ID}], d.xid(g.Owner, g.XID)...)
	}
	for _, i := range snap.Indicators {
		d.lists(i.Fields, i.Tags, i.SecurityLabels, i.Attributes)
		d.block(d.names[tcsim.Ref{Kind: tcsim.KindIndicator, ID: i.ID}])
	}
	for _, c := range snap.Cases {
		d.lists(c.Fields, c.Tags, nil, c.Attributes)
		d.block(d.names[tcsim.Ref{Kind: tcsim.KindCase, ID: c.ID}], d.xid(c.Owner, c.XID)...)
	}
	for _, a := range snap.Artifacts {
		d.lists(a.Fields, nil, nil, nil)
		d.block(d.names[tcsim.Ref{Kind: tcsim.KindArtifact, ID: a.ID}])
	}
	for _, a := range snap.VictimAssets {
		d.lists(a.Fields, nil, nil, nil)
		d.block(d.names[tcsim.Ref{Kind: tcsim.KindVictimAsset, ID: a.ID}])
	}
	sort.Strings(d.blocks)
	return strings.Join(d.blocks, "")
}

func (d *dumper) nameAll() {
	name := func(kind string, id int64, format string, args ...any) {
		d.names[tcsim.Ref{Kind: kind, ID: id}] = kind + " " + fmt.Sprintf(format, args...)
	}
	for _, g := range d.snap.Groups {
		name(tcsim.KindGroup, g.ID, "%s %q in %s", g.Type, g.Name, g.Owner)
	}
	for _, i := range d.snap.Indicators {
		name(tcsim.KindIndicator, i.ID, "%s %q in %s", i.Type, i.Summary, i.Owner)
	}
	for _, c := range d.snap.Cases {
		name(tcsim.KindCase, c.ID, "%q", c.Name)
	}
	for _, a := range d.snap.Artifacts {
		name(tcsim.KindArtifact, a.ID, "%s %q of %s", a.Type, a.Summary, d.names[tcsim.Ref{Kind: tcsim.KindCase, ID: a.CaseID}])
	}
	for _, a := range d.snap.VictimAssets {
		name(tcsim.KindVictimAsset, a.ID, "%s %q of %d", a.Type, a.Value, a.VictimID)
	}
}

// derivedXID is what the contract says of xids, written down once more.
func derivedXID(namespace, owner, key string) string {
	sum := sha256.Sum256([]byte(namespace + "\x00" + owner + "\x00" + key))
	return "tcimport-" + hex.EncodeToString(sum[:])
}

func (d *dumper) xid(owner, xid string) []string {
	if xid == "" {
		return nil
	}
	for _, k := range d.keys {
		if derivedXID(d.namespace, owner, k) == xid {
			return []string{"xid key:" + k}
		}
	}
	return []string{"xid " + xid}
}

func (d *dumper) line(format string, args ...any) {
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
}

func (d *dumper) lists(fields map[string]any, tags, labels []string, attributes []tcsim.Attribute) {
	for k, v := range fields {
		if s, ok := v.(string); ok {
			v = fmt.Sprintf("%q", s)
		}
		d.line("%s: %v", k, v)
	}
	for _, t := range tags {
		d.line("tag %s", t)
	}
	for _, l := range labels {
		d.line("label %s", l)
	}
	for _, a := range attributes {
		var more []string
		if a.Default {
			more = append(more, "default")
		}
		if a.Pinned {
			more = append(more, "pinned")
		}
		if a.Source != "" {
			more = append(more, fmt.Sprintf("source %q", a.Source))
		}
		for _, l := range slices.Sorted(slices.Values(a.SecurityLabels)) {
			more = append(more, "label "+l)
		}
		d.line("%s", strings.TrimSpace(fmt.Sprintf("attribute %s: %q %s", a.Type, a.Value, strings.Join(more, ", "))))
	}
}

func (d *dumper) links(a tcsim.Associations) {
	for _, l := range []struct {
		kind string
		ids  []int64
	}{
		{tcsim.KindGroup, a.AssociatedGroups}, {tcsim.KindIndicator, a.AssociatedIndicators}, {tcsim.KindArtifact, a.AssociatedArtifacts},
		{tcsim.KindCase, a.AssociatedCases}, {tcsim.KindVictimAsset, a.AssociatedVictimAssets},
	} {
		for _, id := range l.ids {
			d.line("-> %s", d.names[tcsim.Ref{Kind: l.kind, ID: id}])
		}
	}
}

// block ends the text of one object.
func (d *dumper) block(name string, first ...string) {
	sort.Strings(d.lines)
	text := name + "\n"
	for _, l := range append(first, d.lines...) {
		text += "  " + l + "\n"
	}
	d.lines = nil
	d.blocks = append(d.blocks, text)
}
