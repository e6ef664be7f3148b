package intel

import "slices"

// ObjectFieldNames lists every scalar that a manifest may write for an object
// of kind k and type typ ("" where the type is not known yet): nil for a type
// of indicator that is not built in, of which only the instance knows the
// fields. What every object has (id, type, owner, tags, attributes,
// securityLabels) is not among them. The list is not to be changed.
func ObjectFieldNames(k Kind, typ string) []string {
	if k == KindIndicator && typ != "" {
		if _, ok := IndicatorTypeNamed(typ, nil); !ok {
			return nil
		}
	}
	return objectFieldNames[k]
}

// objectFieldNames takes the fields of all types of a kind together: which of
// them the type has, Complete tells better than a reader.
var objectFieldNames = func() map[Kind][]string {
	indicators := []string{"summary"}
	for i := range IndicatorTypes {
		for _, v := range IndicatorTypes[i].Values {
			indicators = appendNew(indicators, v)
		}
	}
	indicators = append(indicators, "hostname")
	indicators = append(indicators, genericValues...)
	out := map[Kind][]string{KindIndicator: appendFields(indicators, indicatorFields)}
	for i := range kindSpecs {
		s := &kindSpecs[i]
		if s.Fields == nil || s.Kind == KindIndicator {
			continue
		}
		names := []string{s.Named}
		if s.Kind == KindVictimAsset {
			for _, t := range VictimAssetTypes {
				names = appendNew(names, t.Value)
			}
		}
		out[s.Kind] = appendFields(names, s.Fields)
	}
	return out
}()

// genericValues are names that the API takes for the values of any indicator.
var genericValues = []string{"value1", "value2", "value3"}

func appendNew(names []string, name string) []string {
	if slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

func appendFields(names []string, fields []FieldSpec) []string {
	for i := range fields {
		names = appendNew(names, fields[i].Name)
	}
	return slices.Clip(names)
}
