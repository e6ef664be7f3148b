package reader

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tcimport/internal/intel"
)

// endForms say what a list of associations holds, by kind, for messages.
var endForms = map[intel.Kind]string{
	intel.KindGroup:       "keys, or entries like {id: 12345} or {type: Adversary, name: Bad Guy}",
	intel.KindIndicator:   "entries like Host:badguy.com or {type: Host, summary: badguy.com}",
	intel.KindArtifact:    "entries like {id: 1} or {caseId: 1, type: Email Address, summary: badguy@bad.com}",
	intel.KindCase:        "entries like {id: 1} or {name: Phishing, severity: Low, status: Open}",
	intel.KindVictimAsset: "entries like {id: 1} or {type: EmailAddress, address: a@b.example, victimId: 12}",
}

// kindNames are the kinds as messages call them.
var kindNames = map[intel.Kind]string{
	intel.KindGroup:       "a group",
	intel.KindIndicator:   "an indicator",
	intel.KindArtifact:    "an artifact",
	intel.KindCase:        "a case",
	intel.KindVictimAsset: "a victim asset",
}

// refOf reads one end of an association that is written as text: #ID for any
// kind, a key for a group, Type:summary for an indicator.
func refOf(kind intel.Kind, written string, pos intel.Pos) (intel.Ref, error) {
	written = strings.TrimSpace(written)
	ref := intel.Ref{Pos: pos, Kind: kind, Written: written}
	if digits, ok := strings.CutPrefix(written, "#"); ok {
		id, err := parseID(digits)
		if err != nil {
			return ref, err
		}
		ref.ID = id
		ref.Written = "#" + strconv.FormatInt(id, 10)
		return ref, nil
	}
	switch kind {
	case intel.KindGroup:
		ref.Key = written
		return ref, nil
	case intel.KindIndicator:
		object, err := shortIndicator(written, pos)
		ref.Object = object
		return ref, err
	}
	return ref, fmt.Errorf("%s is not a reference to %s: write # and its ID, like #123", quoted(written), kindNames[kind])
}

// shortIndicator reads Type:summary. Types hold no colon, but may hold blanks.
func shortIndicator(written string, pos intel.Pos) (*intel.Object, error) {
	typ, summary, ok := strings.Cut(written, ":")
	typ, summary = strings.TrimSpace(typ), strings.TrimSpace(summary)
	if _, known := intel.IndicatorTypeNamed(typ, nil); !known {
		switch typed, port := intel.Typed(written); {
		case port && strings.HasPrefix(typed, "Address:"):
			return nil, fmt.Errorf("the indicator %s looks like IP:port: write %s", quoted(written), typed)
		case port:
			return nil, fmt.Errorf("the indicator %s looks like host:port: write %s", quoted(written), typed)
		case typed != "":
			return nil, fmt.Errorf("the indicator %s has no type: write %s", quoted(written), clip(typed))
		}
	}
	switch {
	case !ok || typ == "":
		return nil, fmt.Errorf("the indicator %s has no type: write Type:summary, like Host:badguy.com", quoted(written))
	case summary == "":
		return nil, fmt.Errorf("the indicator %s has no summary: write Type:summary, like Host:badguy.com", quoted(written))
	case strings.HasPrefix(summary, "//"):
		return nil, fmt.Errorf("the indicator %s has no type: write URL:%s", quoted(written), clip(written))
	}
	return &intel.Object{Pos: pos, Kind: intel.KindIndicator, Type: typ, Summary: summary, Written: written}, nil
}

// parseID reads the ID of an object of the instance.
func parseID(s string) (int64, error) {
	s = strings.TrimSpace(s)
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil || id <= 0 || strings.HasPrefix(s, "+") {
		return 0, fmt.Errorf("%s is not an ID: IDs are whole numbers above 0", quoted(s))
	}
	return id, nil
}

var errGroupWays = errors.New("name a group in exactly one way: by key, by id, by xid, or by type and name (owner may be added to an xid or a name)")

// checkGroupRef checks that ref names a group in exactly one way, and sets how
// it is written.
func checkGroupRef(ref *intel.Ref) error {
	byName := ref.Type != "" || ref.Name != ""
	ways := 0
	for _, way := range []bool{ref.Key != "", ref.ID != 0, ref.XID != "", byName} {
		if way {
			ways++
		}
	}
	if ways != 1 {
		return errGroupWays
	}
	switch {
	case ref.Key != "":
		if ref.Owner != "" {
			return errors.New("a key is one of this import: leave the owner out")
		}
		ref.Written = ref.Key
	case ref.ID != 0:
		ref.Written = "#" + strconv.FormatInt(ref.ID, 10)
	case ref.XID != "":
		ref.Written = "xid:" + ref.XID
	case ref.Type == "":
		return fmt.Errorf("the group %s needs its type too, like {type: Adversary, name: %s}", quoted(ref.Name), clip(ref.Name))
	case ref.Name == "":
		return fmt.Errorf("%s needs its name too, like {type: %s, name: Bad Guy}", one(ref.Type), ref.Type)
	default:
		ref.Written = ref.Type + "/" + ref.Name
	}
	return nil
}

// writtenForm is how reports name an object that was not written as text.
func writtenForm(o *intel.Object) string {
	value := o.Summary
	if value == "" {
		value = valueOf(o)
	}
	switch {
	case o.Kind == intel.KindCase:
		return "Case/" + value
	case o.Type == "":
		return value
	}
	return o.Type + ":" + value
}

// valueOf is what an object's own fields say of its value: all parts of a
// registry key, the first hash of a file.
func valueOf(o *intel.Object) string {
	switch o.Kind {
	case intel.KindIndicator:
		if t, ok := intel.IndicatorTypeNamed(o.Type, nil); ok {
			return joinValues(o.Fields, t.Values, t.Name == "File")
		}
	case intel.KindVictimAsset:
		if t, ok := intel.VictimAssetTypeNamed(o.Type); ok {
			value, _ := o.Fields.Get(t.Value)
			return value
		}
	}
	if len(o.Fields) > 0 {
		return o.Fields[0].Value
	}
	return ""
}

func joinValues(fields intel.Fields, names []string, firstOnly bool) string {
	var parts []string
	for _, name := range names {
		if v, ok := fields.Get(name); ok && strings.TrimSpace(v) != "" {
			if firstOnly {
				return v
			}
			parts = append(parts, v)
		}
	}
	return strings.Join(parts, " : ")
}

// checkObject checks that o says what it is, and sets how it is written. What
// more a kind needs, intel knows.
func checkObject(o *intel.Object) error {
	switch {
	case o.Kind == intel.KindCase && o.Summary == "":
		return errors.New("a case needs an id, or a name, a severity and a status")
	case o.Kind != intel.KindCase && o.Type == "":
		return fmt.Errorf("%s needs an id, or a type and what else makes it up", kindNames[o.Kind])
	}
	if o.Written == "" {
		o.Written = writtenForm(o)
	}
	return nil
}
