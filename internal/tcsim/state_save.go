package tcsim

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// savedState is the form of Save: what this instance has beyond the usual, the
// sequences of the IDs, and the objects, a line each. All but version may be left
// out. The lists of records may be long: they are not in it, but written and read
// record by record.
type savedState struct {
	Version int              `json:"version,omitempty"`
	Next    map[string]int64 `json:"next,omitempty"` // by path of the kind
	Config
	Owners []Owner `json:"owners"`
	Tags   []Tag   `json:"tags,omitempty"`
}

// recordLists are the kinds of records by the key of their list.
var recordLists = map[string]kind{"victims": kVictim, "victimAssets": kVictimAsset, "cases": kCase, "artifacts": kArtifact,
	"groups": kGroup, "indicators": kIndicator}

// Save writes the state as JSON. The same state gives the same bytes. Nobody can
// write to the instance meanwhile.
func (s *Server) Save(w io.Writer) error {
	s.work()
	s.mu.RLock()
	defer s.mu.RUnlock()
	head := savedState{Version: 1, Next: map[string]int64{}, Config: s.st.cfg, Owners: s.st.allOwners(), Tags: s.st.allTags()}
	head.SecurityLabels = s.st.allLabels()
	for k := range kAttributeType {
		if k != kLabel {
			head.Next[s.byKind[k].path] = s.st.tables[k].next
		}
	}
	if err := s.writeState(w, head); err != nil {
		return fmt.Errorf("saving the simulated instance: %w", err)
	}
	return nil
}

// saveSnapshot writes the objects only.
func (s *Server) saveSnapshot(w io.Writer) error {
	s.work()
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.writeState(w, savedState{Owners: s.st.allOwners(), Tags: s.st.allTags()})
}

func (s *Server) writeState(w io.Writer, head savedState) error {
	out := bufio.NewWriterSize(w, partSize)
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(head); err != nil {
		return err
	}
	out.Write(bytes.TrimSuffix(line.Bytes(), []byte("\n}\n")))
	enc.SetIndent("", "")
	for _, k := range recordKinds {
		separator := ",\n \"" + s.byKind[k].path + "\": [\n  "
		if len(s.st.tables[k].order) == 0 {
			out.WriteString(strings.TrimSpace(separator))
		}
		for o := range s.st.all(k) {
			line.Reset()
			if err := enc.Encode(record(o)); err != nil {
				return err
			}
			out.WriteString(separator)
			out.Write(bytes.TrimSuffix(line.Bytes(), []byte("\n")))
			separator = ",\n  "
		}
		out.WriteString("]")
	}
	out.WriteString("\n}\n")
	return out.Flush()
}

// with adds what a state file has beyond the Config of the Server.
func (c Config) with(more Config, owners []Owner) Config {
	same := func(s string) string { return s }
	c.Users = addNamed(c.Users, more.Users, func(u User) string { return u.UserName + "\x00" + u.AccessID + "\x00" + u.Token })
	c.IndicatorTypes = addNamed(c.IndicatorTypes, more.IndicatorTypes, func(t IndicatorType) string { return t.Name })
	c.AttributeTypes = addNamed(c.AttributeTypes, more.AttributeTypes, func(t AttributeType) string { return t.Name })
	c.SecurityLabels = addNamed(c.SecurityLabels, more.SecurityLabels, func(l SecurityLabel) string { return l.Owner + "\x00" + l.Name })
	c.SignatureTypes = addNamed(c.SignatureTypes, more.SignatureTypes, same)
	c.EventTypes = addNamed(c.EventTypes, more.EventTypes, same)
	c.ExcludedSummary = addNamed(c.ExcludedSummary, more.ExcludedSummary, same)
	c.Owners = addNamed(owners, c.Owners, func(o Owner) string { return o.Name })
	return c
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

// allLabels are the labels beyond the usual: those of the Config, and those that
// were made since.
func (st *state) allLabels() (labels []SecurityLabel) {
	for _, l := range st.tables[kLabel].order[len(builtin.SecurityLabels):] {
		labels = append(labels, SecurityLabel{Name: l.name, Description: l.str("description"), Color: l.str("color"), Owner: ownerName(l.owner)})
	}
	return labels
}
