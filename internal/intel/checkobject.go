package intel

import (
	"slices"
	"strings"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// Object brings an indicator, artifact, case or victim asset of a manifest into
// canonical form in place, and adds all its problems to ps: Type in the API's
// spelling, Summary and Values from the summary or the value fields, the other
// scalars in Fields. An object with errors keeps what was written.
func (c *Checker) Object(o *Object, ps *Problems) {
	spec := o.Kind.Spec()
	k := check{Checker: c, ps: ps, pos: o.Pos, what: spec.Name}
	o.Type, o.Owner = strings.TrimSpace(o.Type), strings.TrimSpace(o.Owner)
	if o.Owner != "" && !spec.Owned {
		k.warnf(Pos{}, "owner %s is ignored: only groups and indicators have an owner", message.Quote(o.Owner))
	}
	if d := o.Details; d != nil {
		d.Fields = withoutEmpty(d.Fields)
	}
	switch o.Kind {
	case KindIndicator:
		k.indicator(o)
	case KindArtifact:
		k.artifact(o)
	case KindVictimAsset:
		k.victimAsset(o)
	case KindGroup:
		panic("intel: a group is not an Object")
	default:
		k.named(o)
	}
	k.lists(o)
}

// lists checks the nested lists, which not every kind has.
func (k *check) lists(o *Object) {
	refused := MetadataLists(o.Tags(), o.SecurityLabels(), o.Attributes()) &^ o.Kind.Spec().Accepts
	for _, m := range Metadata {
		if refused&m.List != 0 {
			k.errorf(Pos{}, "%s has no %s", message.Article(k.what), m.Name)
		}
	}
	if d := o.Details; d != nil {
		d.Tags = k.tags(d.Tags)
		d.SecurityLabels, _ = k.securityLabels(d.SecurityLabels, nil, o.Pos)
		d.Attributes = k.attributes(d.Attributes, false)
	}
}

// scalars brings the fields beside the value into canonical form. isValue reports whether
// a field holds the value; hint ends the message about a field that o does not have.
func (k *check) scalars(o *Object, isValue func(name string) bool, hint func(name string) string) {
	specs := o.Kind.Spec().Fields
	for i := range o.Fields() {
		f := &o.Fields()[i]
		spec, ok := findField(specs, f.Name)
		switch {
		case isValue(f.Name):
		case !ok:
			k.errorf(f.Pos, "%s is not a field of %s%s", message.Quote(f.Name), message.Article(k.what), hint(f.Name))
		case spec.only != "" && spec.only != o.Type:
			k.errorf(f.Pos, "%s is not a field of %s: only %s has one", message.Quote(f.Name), message.Article(k.what), message.Article(spec.only))
		default:
			k.field(f, spec)
		}
	}
	k.required(o.Fields(), specs)
}

// checkSummary trims and checks the name or value of an object that has no
// canonical form. field is its field in manifests.
func (k *check) checkSummary(o *Object, field string, pos Pos) {
	o.Summary = strings.TrimSpace(o.Summary)
	if o.Summary == "" {
		k.errorf(pos, "%s needs %s", message.Article(k.what), field)
	} else if err := checkText(o.Summary, o.Kind.Spec().NameMax); err != nil {
		k.errorf(pos, "%s %s of %s %s", field, message.Quote(o.Summary), message.Article(k.what), err)
	}
}

// named checks an object that has a name, scalars, and no rules of its own.
func (k *check) named(o *Object) {
	spec := o.Kind.Spec()
	if o.Type != "" && spec.Untyped {
		k.errorf(Pos{}, "%s has no type, but %s is given", message.Article(k.what), message.Quote(o.Type))
	}
	k.checkSummary(o, spec.Named, Pos{})
	k.scalars(o, func(string) bool { return false }, func(name string) string { return k.didYouMean(name, objectFieldNames[o.Kind]) })
}

func (k *check) artifact(o *Object) {
	k.artifactType(o)
	k.named(o)
	id, hasID := o.Fields().Get("caseId")
	xid, hasXID := o.Fields().Get("caseXid")
	if _, ok := o.Fields().Get("fileData"); !ok && isFileType(o.Type) {
		k.errorf(Pos{}, "an artifact of type %s needs fileData: the content of the file in Base64", o.Type)
	}
	switch {
	case !hasID && !hasXID:
		k.errorf(Pos{}, "an artifact needs caseId or caseXid: it belongs to a case")
	case hasID && hasXID:
		k.errorf(Pos{}, "an artifact has caseId %s and caseXid %s: remove one of them", message.Quote(id), message.Quote(xid))
	}
}

// isFileType reports whether artifacts of a type are files, as their names say:
// Log File, Screenshot File.
func isFileType(typ string) bool { return strings.HasSuffix(spelling.Fold(typ), " file") }

// artifactType puts the type into the spelling of the instance, which alone
// knows all of them.
func (k *check) artifactType(o *Object) {
	if o.Type == "" {
		k.errorf(Pos{}, "an artifact needs a type, such as Email Address or IP Address")
		return
	}
	names := openNames{what: "type %s of an artifact", builtIn: artifactTypes}
	if k.in != nil {
		names.instance = k.in.ArtifactTypes
	}
	o.Type = k.openName(Pos{}, o.Type, names)
}

func (k *check) victimAsset(o *Object) {
	t, ok := victimAssetTypes.named(o.Type)
	switch {
	case o.Type == "":
		k.errorf(Pos{}, "a victim asset needs a type: %s", strings.Join(victimAssetTypeNames, ", "))
		return
	case !ok:
		k.errorf(Pos{}, "type %s of a victim asset is not one of %s%s", message.Quote(o.Type), strings.Join(victimAssetTypeNames, ", "), k.didYouMean(o.Type, victimAssetTypeNames))
		return
	}
	o.Type, k.what = t.Name, "victim asset of type "+t.Name
	k.checkSummary(o, t.Value, k.victimAssetValue(o, t.Value))
	k.scalars(o, func(string) bool { return false }, func(name string) string {
		if slices.Contains(valueNames(KindVictimAsset), name) {
			return ": its value is " + t.Value
		}
		return k.didYouMean(name, objectFieldNames[o.Kind])
	})
	if t.Qualifier != "" && t.Qualifier != "addressType" {
		if _, ok := o.Fields().Get(t.Qualifier); !ok {
			k.warnf(Pos{}, "%s has no %s, which some instances require", message.Article(k.what), t.Qualifier)
		}
	}
}

// victimAssetValue moves the field that holds the value into Summary, and returns
// its place.
func (k *check) victimAssetValue(o *Object, name string) Pos {
	i := slices.IndexFunc(o.Fields(), func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Pos{}
	}
	f := o.Fields()[i]
	if o.Summary != "" && strings.TrimSpace(o.Summary) != strings.TrimSpace(f.Value) {
		k.errorf(f.Pos, "%s %s of %s differs from its summary %s: remove one of them", name, message.Quote(f.Value), message.Article(k.what), message.Quote(o.Summary))
	}
	o.Details.Fields, o.Summary = slices.Delete(o.Fields(), i, i+1), f.Value
	return f.Pos
}
