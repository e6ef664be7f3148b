package tcsim

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
)

// savedState is the form of Save: the snapshot, the sequences of the IDs, and
// what this instance has beyond the usual. All but version may be left out.
type savedState struct {
	Version        int              `json:"version"`
	Next           map[string]int64 `json:"next,omitempty"`
	IndicatorTypes []IndicatorType  `json:"indicatorTypes,omitempty"`
	AttributeTypes []AttributeType  `json:"attributeTypes,omitempty"`
	SecurityLabels []SecurityLabel  `json:"securityLabels,omitempty"`
	SignatureTypes []string         `json:"signatureTypes,omitempty"`
	EventTypes     []string         `json:"eventTypes,omitempty"`
	Excluded       []string         `json:"excludedSummaries,omitempty"`
	Snapshot
}

var sequenceNames = map[string]kind{
	"groups": kGroup, "indicators": kIndicator, "artifacts": kArtifact, "cases": kCase, "victimAssets": kVictimAsset,
	"victims": kVictim, "tags": kTag, "groupAttributes": kGroupAttribute, "indicatorAttributes": kIndicatorAttribute,
	"caseAttributes": kCaseAttribute,
}

// Save writes the state as JSON. The same state gives the same bytes.
func (s *Server) Save(w io.Writer) error {
	s.mu.RLock()
	saved := savedState{Version: 1, Next: map[string]int64{}, Snapshot: *s.st.snapshot()}
	for name, k := range sequenceNames {
		saved.Next[name] = s.st.tables[k].next
	}
	cfg := s.st.cfg
	saved.IndicatorTypes, saved.AttributeTypes = cfg.IndicatorTypes, cfg.AttributeTypes
	saved.SecurityLabels, saved.SignatureTypes = cfg.SecurityLabels, cfg.SignatureTypes
	saved.EventTypes, saved.Excluded = cfg.EventTypes, cfg.ExcludedSummary
	s.mu.RUnlock()
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(saved); err != nil {
		return fmt.Errorf("saving the simulated instance: %w", err)
	}
	return nil
}

// Load replaces the state by what Save wrote. On an error nothing changes.
func (s *Server) Load(r io.Reader) error {
	dec := json.NewDecoder(r)
	dec.UseNumber()
	var saved savedState
	if err := dec.Decode(&saved); err != nil {
		return fmt.Errorf("loading the simulated instance: %w", err)
	}
	if saved.Version != 1 {
		return fmt.Errorf("loading the simulated instance: version %d is not known", saved.Version)
	}
	cfg := s.cfg
	cfg.IndicatorTypes = addNamed(cfg.IndicatorTypes, saved.IndicatorTypes, func(t IndicatorType) string { return t.Name })
	cfg.AttributeTypes = addNamed(cfg.AttributeTypes, saved.AttributeTypes, func(t AttributeType) string { return t.Name })
	cfg.SecurityLabels = addNamed(cfg.SecurityLabels, saved.SecurityLabels, func(l SecurityLabel) string { return l.Owner + "\x00" + l.Name })
	same := func(s string) string { return s }
	cfg.SignatureTypes = addNamed(cfg.SignatureTypes, saved.SignatureTypes, same)
	cfg.EventTypes = addNamed(cfg.EventTypes, saved.EventTypes, same)
	cfg.ExcludedSummary = addNamed(cfg.ExcludedSummary, saved.Excluded, same)
	cfg.Owners = addNamed(saved.Owners, cfg.Owners, func(o Owner) string { return o.Name })
	st := s.newState(cfg)
	if err := s.restore(st, &saved); err != nil {
		return fmt.Errorf("loading the simulated instance: %w", err)
	}
	defer s.change()()
	s.st = st
	return nil
}

// addNamed appends the elements of more whose name is new.
func addNamed[T any](list, more []T, name func(T) string) []T {
	list = slices.Clone(list)
	for _, m := range more {
		if !slices.ContainsFunc(list, func(t T) bool { return name(t) == name(m) }) {
			list = append(list, m)
		}
	}
	return list
}

// restore builds the objects of a saved state, then their links.
func (s *Server) restore(st *state, saved *savedState) error {
	t := s.seedTx(st)
	for _, x := range saved.Tags {
		if _, err := t.restoreTag(x); err != nil {
			return err
		}
	}
	var objects []*object
	var links []Associations
	for _, k := range recordKinds {
		for _, x := range *saved.records(k) {
			o, err := t.restore(k, x)
			if err != nil {
				return err
			}
			t.steps = t.steps[:0]
			objects, links = append(objects, o), append(links, x.Associations)
		}
	}
	for i, o := range objects {
		if err := t.relink(o, links[i]); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(saved.Next)) {
		if k, ok := sequenceNames[name]; ok {
			st.tables[k].next = max(st.tables[k].next, saved.Next[name])
		}
	}
	return nil
}

func (t *tx) relink(o *object, a Associations) error {
	for k, ids := range a.lists() {
		for _, id := range *ids {
			other := t.st.get(k, id)
			if other == nil {
				return fmt.Errorf("object %d is associated with %d, which is missing", o.id, id)
			}
			t.link(o, other)
		}
	}
	t.steps = t.steps[:0]
	return nil
}
