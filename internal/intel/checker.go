package intel

import (
	"cmp"
	"regexp"
	"strings"
	"unicode/utf8"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// Checker brings groups and objects of a manifest into canonical form and
// finds their problems, by the rules of the API and, given an Instance, by
// those of the instance. One Checker serves a whole run, from one goroutine:
// it warns once of a name that only an instance can know.
type Checker struct {
	in             *Instance
	custom         []IndicatorType // nil if unknown
	indicatorNames []string        // of all types that are known
	attributeNames []string
	attributeTypes map[string][]attributeRule // by exact name, and folded
	labels         map[string]string          // by exact name, and by LabelKey
	warned         map[string]bool            // nil warns every time
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
	if in.AttributeTypes != nil {
		c.attributeTypes = make(map[string][]attributeRule, len(in.AttributeTypes))
		for i := range in.AttributeTypes {
			key := spelling.Fold(in.AttributeTypes[i].Name)
			c.attributeTypes[key] = append(c.attributeTypes[key], newAttributeRule(&in.AttributeTypes[i]))
		}
		for i := range in.AttributeTypes {
			name := in.AttributeTypes[i].Name
			c.attributeNames = append(c.attributeNames, name)
			c.attributeTypes[name] = c.attributeTypes[spelling.Fold(name)]
		}
	}
	if in.SecurityLabels != nil {
		c.labels = make(map[string]string, 2*len(in.SecurityLabels))
		for _, name := range in.SecurityLabels {
			if key := LabelKey(name); c.labels[key] == "" {
				c.labels[key] = name
			}
		}
		for _, name := range in.SecurityLabels {
			c.labels[name] = name
		}
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

// rulesOf is what the instance says of the attribute types called name.
func (c *Checker) rulesOf(name string) []attributeRule {
	if rules := c.attributeTypes[name]; rules != nil {
		return rules
	}
	return c.attributeTypes[spelling.Fold(name)]
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
func (k *check) warnOnce(pos Pos, sort, name, format string, args ...any) {
	if k.warned != nil {
		key := sort + "\x00" + name
		if k.warned[key] {
			return
		}
		k.warned[key] = true
	}
	k.warnf(pos, format, args...)
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
	if !spec.Advisory {
		return
	}
	if k.in != nil && spec.extended != nil {
		if list := spec.extended(k.in); list != nil {
			if known, ok := spelling.Find(value, list); ok {
				f.Value = known
			} else {
				k.errorf(f.Pos, "%s %s of %s does not exist on the instance, which has %s%s",
					f.Name, message.Quote(value), message.Article(k.what), message.List(list), orAdd(k.didYouMean(value, list)))
			}
			return
		}
	}
	if !spec.hasValue(value) {
		k.warnOnce(f.Pos, f.Name, value, "%s %s of %s is not built in (%s); plan checks whether your instance has it%s",
			f.Name, message.Quote(value), message.Article(k.what), message.List(spec.Values), k.didYouMean(value, spec.Values))
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

// longerThan reports whether s has more than n characters.
func longerThan(s string, n int) bool {
	return len(s) > n && utf8.RuneCountInString(s) > n
}

// hasControl reports whether s holds a control character, and the first one.
func hasControl(s string) (rune, bool) {
	for _, r := range s {
		if r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 {
			return r, true
		}
	}
	return 0, false
}
