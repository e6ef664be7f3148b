package intel

import "slices"

// RefFieldNames are the fields that a reference to a kind and type may have;
// nil for a type that only an instance knows, because any field may hold its
// value. They are the fields of all types of the kind: a Checker reports those
// that another type has. The caller must not change the list.
func RefFieldNames(kind Kind, typ string) []string {
	if kind == KindIndicator && typ != "" {
		if _, ok := IndicatorTypeNamed(typ, nil); !ok {
			return nil
		}
	}
	return refFieldNames[kind]
}

var refFieldNames = func() map[Kind][]string {
	out := map[Kind][]string{KindGroup: {refKey, refID, refXID, refType, refName, refOwner}}
	for _, k := range ObjectKinds {
		s := k.Spec()
		names := append([]string{refID}, objectFieldNames[k]...)
		if !s.Untyped {
			names = append(names, refType)
		}
		if s.Owned {
			names = append(names, refOwner)
		}
		for _, l := range Metadata {
			if s.Accepts.Has(l.List) {
				names = append(names, l.Name)
			}
		}
		out[k] = slices.Clip(names)
	}
	return out
}()

// objectFieldNames are the scalars that a manifest may write for an object of a
// kind beside id, type and owner.
var objectFieldNames = func() map[Kind][]string {
	out := map[Kind][]string{}
	for _, k := range ObjectKinds {
		names := append([]string{k.Spec().Named}, valueNames(k)...)
		for _, f := range k.Spec().Fields {
			names = append(names, f.Name)
		}
		out[k] = distinct(names, func(s *string) string { return *s })
	}
	return out
}()

// valueNames are the fields that hold the value of some type of a kind.
func valueNames(k Kind) (names []string) {
	switch k {
	case KindIndicator:
		for _, t := range IndicatorTypes {
			names = append(names, t.Values...)
		}
		names = append(append(names, "hostname"), genericValues...)
	case KindVictimAsset:
		for _, t := range VictimAssetTypes {
			names = append(names, t.Value)
		}
	}
	return names
}

// genericValues are names that the API accepts for the values of any
// indicator.
var genericValues = []string{"value1", "value2", "value3"}
