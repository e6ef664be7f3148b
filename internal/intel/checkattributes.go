package intel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"tcimport/internal/canonical"
	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// commonAttributeTypes are types that instances come with.
var commonAttributeTypes = []string{
	"Description", "Source", "Aliases", "External ID", "Additional Analysis and Context",
	"Course of Action Recommendation", "Course of Action Taken",
}

// defaultedAttributes are the types of which an instance shows one attribute,
// the default one, with the object.
var defaultedAttributes = []string{"Description", "Source"}

// attributes checks attributes and removes duplicates. The only Description
// and the only Source become the default ones unless the manifest says
// otherwise. mapped is whether the instance restricts attribute types to types
// of objects.
func (k *check) attributes(list []Attribute, mapped bool) []Attribute {
	for i := range list {
		k.attribute(&list[i], mapped)
	}
	list = distinct(list, sameAttribute, (*Attribute).wholeKey)
	for _, typ := range defaultedAttributes {
		only, n := -1, 0
		for i := range list {
			if list[i].Type == typ {
				only, n = i, n+1
			}
		}
		if n == 1 && list[only].Default == nil {
			list[only].Default = new(true)
		}
	}
	k.attributeCounts(list)
	return list
}

func (k *check) attribute(at *Attribute, mapped bool) {
	at.Type = strings.TrimSpace(at.Type)
	if len(at.SecurityLabels) > 0 {
		at.SecurityLabels = k.securityLabels(at.SecurityLabels, samePos(at.Pos))
	}
	if at.Type == "" {
		k.errorf(at.Pos, "an attribute needs a type")
		return
	}
	if strings.TrimSpace(at.Value) == "" {
		k.errorf(at.Pos, "attribute %s has no value", message.Quote(at.Type))
		return
	}
	if !utf8.ValidString(at.Value) {
		k.errorf(at.Pos, "the value of attribute %s is not valid UTF-8", message.Quote(at.Type))
		return
	}
	if k.attributeTypes == nil {
		known, ok := spelling.Find(at.Type, commonAttributeTypes)
		if ok {
			at.Type = known
			return
		}
		k.warnOnce(at.Pos, "attributes", at.Type, "attribute type %s is not built in; plan checks whether your instance has it%s",
			message.Quote(at.Type), k.didYouMean(at.Type, commonAttributeTypes))
		return
	}
	k.attributeByRule(at, mapped)
}

// attributeByRule checks an attribute against the types of the instance. Where
// several owners have a type of the name, it is enough that one accepts.
func (k *check) attributeByRule(at *Attribute, mapped bool) {
	rules := k.rulesOf(at.Type)
	if len(rules) == 0 {
		k.errorf(at.Pos, "attribute type %s does not exist on the instance%s", message.Quote(at.Type), orAdd(k.didYouMean(at.Type, k.attributeNames)))
		return
	}
	if !slices.ContainsFunc(rules, func(r attributeRule) bool { return r.Name == at.Type }) {
		at.Type = rules[0].Name
	}
	var refused error // by the last rule that is for this
	for i := range rules {
		if mapped && rules[i].applies != nil && !rules[i].applies[spelling.Fold(k.what)] {
			continue
		}
		value, err := rules[i].accept(at.Value)
		if err == nil {
			at.Value = value
			if rules[i].isDate() {
				k.dateAttribute(at)
			}
			return
		}
		refused = err
	}
	if refused == nil {
		k.errorf(at.Pos, "attribute type %s is not for %s on this instance", message.Quote(at.Type), message.Article(k.what))
		return
	}
	k.errorf(at.Pos, "attribute %s: its value %s %s", message.Quote(at.Type), message.Quote(at.Value), refused)
}

func (r *attributeRule) isDate() bool { return spelling.Fold(r.Rule.Type) == "date" }

// dateAttribute only warns, because the API documents no format for dates in
// attributes.
func (k *check) dateAttribute(at *Attribute) {
	if _, ok := canonical.LenientDate(at.Value); !ok {
		k.warnf(at.Pos, "attribute %s: its value %s is not a date, as the instance requires: write it like 2021-11-03", message.Quote(at.Type), message.Quote(at.Value))
	}
}

// accept returns the value in the instance's spelling. An error continues a
// sentence that begins with the value.
func (r *attributeRule) accept(value string) (string, error) {
	if r.MaxSize > 0 && longerThan(value, r.MaxSize) {
		return "", fmt.Errorf("has %d characters: at most %d are accepted", utf8.RuneCountInString(value), r.MaxSize)
	}
	switch {
	case r.choices != nil:
		choice, ok := spelling.Find(strings.TrimSpace(value), r.choices)
		if !ok {
			return "", fmt.Errorf("is not one of %s%s", message.List(r.choices), message.DidYouMean(spelling.Nearest(value, r.choices)))
		}
		return choice, nil
	case r.pattern != nil:
		if !r.pattern.MatchString(value) {
			return "", fmt.Errorf("does not match the pattern %s", r.Rule.Text)
		}
	case spelling.Fold(r.Rule.Type) == "integer":
		return value, r.integer(value)
	}
	return value, nil
}

// integer checks a whole number against a range min:max; either may be
// missing.
func (r *attributeRule) integer(value string) error {
	n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
	if err != nil {
		return fmt.Errorf("is not a whole number")
	}
	low, high, _ := strings.Cut(r.Rule.Text, ":")
	if least, err := strconv.ParseInt(strings.TrimSpace(low), 10, 64); err == nil && n < least {
		return fmt.Errorf("is less than %d", least)
	}
	if most, err := strconv.ParseInt(strings.TrimSpace(high), 10, 64); err == nil && n > most {
		return fmt.Errorf("is more than %d", most)
	}
	return nil
}

// attributeCounts checks what an object may have only so many of.
func (k *check) attributeCounts(list []Attribute) {
	if len(list) < 2 {
		return
	}
	type count struct {
		typ              string
		number, defaults int
	}
	var few [8]count
	counts := few[:0]
	for i := range list {
		at := &list[i]
		n := slices.IndexFunc(counts, func(c count) bool { return c.typ == at.Type })
		if n < 0 {
			n = len(counts)
			counts = append(counts, count{typ: at.Type})
		}
		counts[n].number++
		if at.Default != nil && *at.Default {
			counts[n].defaults++
			if counts[n].defaults > 1 {
				k.errorf(at.Pos, "attribute %s: two values are marked as default: only one of a type can be", message.Quote(at.Type))
			}
		}
		if most := k.attributeMax(at.Type); most > 0 && counts[n].number > most {
			k.errorf(at.Pos, "attribute %s: the instance accepts at most %d of this type on an object", message.Quote(at.Type), most)
		}
	}
}

// attributeMax is how many attributes of a type an object may have, 0 for any
// number.
func (k *check) attributeMax(typ string) int {
	if k.attributeTypes == nil {
		return 0
	}
	most := 0
	for _, r := range k.rulesOf(typ) {
		if r.MaxCount <= 0 {
			return 0
		}
		most = max(most, r.MaxCount)
	}
	return most
}
