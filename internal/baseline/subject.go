package baseline

import (
	"strings"
	"sync"

	"tcimport/internal/intel"
)

// subject is the field or list that a fact is about. A report can hold millions of
// facts, of few subjects: facts name them by number.
type subject struct {
	name string // of the field, as text has it
	list intel.List
	part bool // of an attribute
}

// subjectID is the number of a subject in this process.
type subjectID uint32

var subjects = struct {
	sync.RWMutex
	all    []subject
	byName map[string]subjectID
}{byName: map[string]subjectID{}}

func (id subjectID) subject() subject {
	subjects.RLock()
	defer subjects.RUnlock()
	return subjects.all[id]
}

// about is the subject of a name.
func about(name string) subjectID {
	name = strings.ReplaceAll(name, " ", "_")
	subjects.RLock()
	id, known := subjects.byName[name]
	subjects.RUnlock()
	if known {
		return id
	}
	s := subject{name: strings.Clone(name)}
	rest, isAttribute := strings.CutPrefix(s.name, attributePrefix)
	switch {
	case isAttribute:
		s.list = intel.ListAttributes
		i := strings.LastIndexByte(rest, '.')
		s.part = i >= 0 && isPart[rest[i+1:]]
	case s.name == fieldTags:
		s.list = intel.ListTags
	case s.name == fieldLabels:
		s.list = intel.ListSecurityLabels
	default:
		for _, k := range intel.Kinds {
			if s.name == k.AssociationField() {
				s.list = k.List()
			}
		}
	}
	subjects.Lock()
	defer subjects.Unlock()
	if id, known = subjects.byName[s.name]; !known {
		id = subjectID(len(subjects.all))
		subjects.all = append(subjects.all, s)
		subjects.byName[s.name] = id
	}
	return id
}

// The subjects of most facts.
var (
	aboutName   = about(fieldName)
	aboutTags   = about(fieldTags)
	aboutLabels = about(fieldLabels)
	aboutLinks  = func() (of [256]subjectID) {
		for _, k := range intel.Kinds {
			of[k] = about(k.AssociationField())
		}
		return of
	}()
)
