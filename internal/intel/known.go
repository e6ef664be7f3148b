package intel

// Types are the built-in types of a kind. open reports whether an instance can have more.
func (k Kind) Types() (names []string, open bool) {
	switch k {
	case KindGroup:
		return groupTypeNames, false
	case KindIndicator:
		return indicatorTypes.names, true
	case KindArtifact:
		return artifactTypes, true
	case KindVictimAsset:
		return victimAssetTypeNames, false
	}
	return nil, false
}

// CommonGroupFields are the scalars of every type of group.
func CommonGroupFields() []FieldSpec { return commonFields }

// ValueNames are the fields of a kind that hold the value of some type in place of the
// summary.
func (k Kind) ValueNames() []string {
	return distinct(valueNames(k), func(s *string) string { return *s })
}

// TypeFields are the fields of a kind that only some types have: those that hold the value,
// and others. has reports which of them the built-in type typ has.
func (k Kind) TypeFields() (names []string, has func(typ, name string) bool) {
	specs := k.Spec().Fields
	names = k.ValueNames()
	for i := range specs {
		if specs[i].only != "" {
			names = append(names, specs[i].Name)
		}
	}
	return names, func(typ, name string) bool {
		if spec, ok := findField(specs, name); ok {
			return spec.only == typ
		}
		if t, ok := victimAssetTypes.named(typ); ok && k == KindVictimAsset {
			return t.Value == name
		}
		t, ok := indicatorTypes.named(typ)
		return ok && k == KindIndicator && t.valueIndex(name) >= 0
	}
}

// FieldNamed finds a scalar of the kind by its name as the API spells it.
func (s *KindSpec) FieldNamed(name string) (*FieldSpec, bool) { return findField(s.Fields, name) }

// RequiredFields are the fields that every new object of the kind has.
func (s *KindSpec) RequiredFields() (names []string) {
	for i := range s.Fields {
		if s.Fields[i].Required {
			names = append(names, s.Fields[i].Name)
		}
	}
	return names
}
