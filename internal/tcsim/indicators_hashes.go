package tcsim

func (t *tx) editHashes(o *object, mode string, body map[string]any) *apiError {
	if o.typ != "File" {
		return badRequest("The field 'mode' applies to File indicators only.")
	}
	it := t.st.types.indicatorType("File")
	v, err := t.c.readValues(it, body)
	if err != nil {
		return err
	}
	switch mode {
	case "merge":
		return t.mergeHashes(o, it, v)
	case "delete":
		left := *o.values
		for i, h := range v {
			if h != "" && left[i] == h {
				left[i] = ""
			}
		}
		if left == [3]string{} {
			return badRequest("The last hash of a File indicator cannot be deleted.")
		}
		t.change(o, func() { o.setValues(it, left) })
		return nil
	}
	return badRequest("The mode '%s' is not valid.", mode)
}

// mergeHashes adds a hash; another File that has it is merged into o.
func (t *tx) mergeHashes(o *object, it *indicatorType, v [3]string) *apiError {
	for i, h := range v {
		if h != "" && o.value(i) != "" && o.value(i) != h {
			return badRequest("The File indicator has another %s already.", hashLabels[i])
		}
	}
	for i, h := range v {
		for _, id := range append(idset(nil), t.st.tables[kIndicator].byValue[i][fold(h)]...) {
			other := t.st.get(kIndicator, id)
			if h == "" || other == o || other.typ != "File" || other.owner != o.owner {
				continue
			}
			for j := range v {
				if v[j] == "" && o.value(j) == "" {
					v[j] = other.value(j)
				}
			}
			for _, l := range other.links {
				for _, linked := range append(idset(nil), l.ids...) {
					if l.kind == kIndicator && linked == o.id {
						continue
					}
					t.link(o, t.st.get(l.kind, linked))
				}
			}
			t.remove(other)
		}
	}
	t.addHashes(o, it, v)
	return nil
}

// addHashes gives an existing File the hashes that it lacks.
func (t *tx) addHashes(o *object, it *indicatorType, v [3]string) {
	merged := *o.values
	for i, h := range v {
		if merged[i] == "" {
			merged[i] = h
		}
	}
	if merged != *o.values {
		t.change(o, func() { o.setValues(it, merged) })
	}
}
