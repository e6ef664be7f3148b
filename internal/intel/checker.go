package intel

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// Checker brings groups and objects of a manifest into canonical form and
// finds their problems, by the rules of the API and, given an Instance, by
// those of the instance. One Checker serves a whole run, from one goroutine:
// it warns once of a name that only an instance can know.
type Checker struct {
	in             *Instance
	custom         []IndicatorType            // nil if unknown
	indicatorNames []string                   // of all types that are known
	attributeNames []string                   // of the types of the instance; nil if unknown
	attributeRules map[string][]attributeRule // by folded name
	warned         map[string]bool            // texts of warnings
	spellers       spelling.Spellers
}

// attributeRule is what an instance says of the values of an attribute type.
// Several owners can each have their own type of one name.
type attributeRule struct {
	*AttributeType
	applies map[string]bool // object types, folded; nil if unknown
	choices []string
	pattern *regexp.Regexp
}

// NewChecker makes the Checker of an instance, nil offline.
func NewChecker(in *Instance) *Checker {
	c := &Checker{in: in, warned: map[string]bool{}, spellers: spelling.Spellers{}, indicatorNames: indicatorTypeNames(nil)}
	if in == nil {
		return c
	}
	c.custom, c.indicatorNames = in.IndicatorTypes, indicatorTypeNames(in.IndicatorTypes)
	if in.AttributeTypes == nil {
		return c
	}
	c.attributeNames = make([]string, len(in.AttributeTypes))
	c.attributeRules = make(map[string][]attributeRule, len(in.AttributeTypes))
	for i := range in.AttributeTypes {
		t := &in.AttributeTypes[i]
		c.attributeNames[i] = t.Name
		key := spelling.Fold(t.Name)
		c.attributeRules[key] = append(c.attributeRules[key], newAttributeRule(t))
	}
	return c
}

func newAttributeRule(t *AttributeType) attributeRule {
	r := attributeRule{AttributeType: t}
	if t.AppliesTo != nil {
		r.applies = make(map[string]bool, len(t.AppliesTo))
		for name, applies := range t.AppliesTo {
			r.applies[spelling.Fold(name)] = applies
		}
	}
	switch spelling.Fold(t.Rule.Type) {
	case "selectone", "selectradio":
		for choice := range strings.SplitSeq(t.Rule.Text, ";") {
			if choice = strings.TrimSpace(choice); choice != "" {
				r.choices = append(r.choices, choice)
			}
		}
	case "regex":
		// Only the instance can check a pattern that Go does not accept.
		if pattern, err := regexp.Compile(t.Rule.Text); err == nil {
			r.pattern = pattern
		}
	}
	return r
}

// didYouMean ends a message about a name that is not in list: empty, or a
// suggestion. list must live as long as c.
func (c *Checker) didYouMean(name string, list []string) string {
	return message.DidYouMean(c.spellers.Nearest(name, list))
}

// orAdd ends a message about a name that the instance does not have: with a
// suggestion, or with what to do.
func orAdd(suggestion string) string {
	return cmp.Or(suggestion, ": correct it, or ask an administrator to add it")
}

// check is the check of one group or object.
type check struct {
	*Checker
	ps   *Problems
	pos  Pos    // of the group or object
	what string // its type, for messages

	// failed is set by every error: counting those in ps would take longer with
	// each.
	failed bool
}

func (k *check) errorf(pos Pos, format string, args ...any) {
	k.failed = true
	k.ps.Errorf(pos.or(k.pos), format, args...)
}

func (k *check) warnf(pos Pos, format string, args ...any) {
	k.ps.Warnf(pos.or(k.pos), format, args...)
}

// warnOnce warns of a name that occurs in many objects at the first of them.
func (k *check) warnOnce(pos Pos, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !k.warned[text] {
		k.warned[text] = true
		k.warnf(pos, "%s", text)
	}
}

// openNames are the names that something can have, if an instance can have more of them
// than are built in.
type openNames struct {
	what     string // has a name, which replaces %s
	builtIn  []string
	instance []string // nil if unknown
	listed   bool     // in messages
}

// openName gives a name in the spelling of the instance or, if that is unknown, of the
// built-in names. It reports one that is not among them.
func (k *check) openName(pos Pos, name string, of openNames) string {
	names := of.instance
	if names == nil {
		names = of.builtIn
	}
	if known, ok := spelling.Find(name, names); ok {
		return known
	}
	what, suggestion := fmt.Sprintf(of.what, message.Quote(name)), k.didYouMean(name, names)
	switch {
	case of.instance != nil && of.listed:
		k.errorf(pos, "%s does not exist on the instance, which has %s%s", what, message.List(names), orAdd(suggestion))
	case of.instance != nil:
		k.errorf(pos, "%s does not exist on the instance%s", what, orAdd(suggestion))
	case of.listed:
		k.warnOnce(pos, "%s is not built in (%s); plan checks whether your instance has it%s", what, message.List(names), suggestion)
	default:
		k.warnOnce(pos, "%s is not built in; plan checks whether your instance has it%s", what, suggestion)
	}
	return name
}

// field brings one scalar into canonical form.
func (k *check) field(f *Field, spec *FieldSpec) {
	value, err := spec.accept(f.Value)
	if err != nil {
		k.errorf(f.Pos, "%s %s of %s %s", f.Name, message.Quote(f.Value), message.Article(k.what), err)
		return
	}
	f.Value = value
	if k.in.lacks(f.Name, value) {
		k.errorf(f.Pos, "%s %s of %s does not exist on the instance, or the API user cannot see it: correct it, or ask an administrator for access", f.Name, value, message.Article(k.what))
	}
	if spec.Advisory {
		names := openNames{what: f.Name + " %s of " + message.Article(k.what), builtIn: spec.Values, listed: true}
		if k.in != nil {
			names.instance = spec.extended(k.in)
		}
		f.Value = k.openName(f.Pos, value, names)
	}
}

// required reports the required fields that are missing.
func (k *check) required(fields Fields, specs []FieldSpec) {
	var missing []string
	for i := range specs {
		if _, ok := fields.Get(specs[i].Name); !ok && specs[i].Required {
			missing = append(missing, specs[i].Name)
		}
	}
	if missing != nil {
		k.errorf(Pos{}, "%s needs %s", message.Article(k.what), strings.Join(missing, ", "))
	}
}

// withoutEmpty removes scalars without a value, such as empty cells of a
// table.
func withoutEmpty(fields Fields) Fields {
	kept := fields[:0]
	for _, f := range fields {
		if strings.TrimSpace(f.Value) != "" {
			kept = append(kept, f)
		}
	}
	return kept
}

// checkControl refuses control characters. An error continues a sentence that begins
// with s.
func checkControl(s string) error {
	for _, r := range s {
		if r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 {
			return fmt.Errorf("contains the control character U+%04X: remove it", r)
		}
	}
	return nil
}
