package intel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tcimport/internal/canonical"
	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// CommonAttributeTypes are types that instances come with.
var CommonAttributeTypes = []string{
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
	list = distinct(list, (*Attribute).wholeKey)
	number := map[string]int{} // of each type
	for i := range list {
		number[list[i].Type]++
	}
	for i := range list {
		if at := &list[i]; at.Default == Unsaid && number[at.Type] == 1 && slices.Contains(defaultedAttributes, at.Type) {
			at.Default = Yes
		}
	}
	k.attributeCounts(list)
	return list
}

func (k *check) attribute(at *Attribute, mapped bool) {
	at.Type = strings.TrimSpace(at.Type)
	at.SecurityLabels, _ = k.securityLabels(at.SecurityLabels, nil, at.Pos)
	switch {
	case at.Type == "":
		k.errorf(at.Pos, "an attribute needs a type")
		return
	case strings.TrimSpace(at.Value) == "":
		k.errorf(at.Pos, "attribute %s has no value", message.Quote(at.Type))
		return
	}
	at.Type = k.openName(at.Pos, at.Type, openNames{what: "attribute type %s", builtIn: CommonAttributeTypes, instance: k.attributeNames})
	if err := k.attributeValue(at, mapped); err != nil {
		k.errorf(at.Pos, "attribute %s: its value %s %s", message.Quote(at.Type), message.Quote(at.Value), err)
	}
}

// attributeValue checks the value of an attribute against the types of the instance. If
// several owners have a type of the name, it is enough that one accepts. An error
// continues a sentence that begins with the value.
func (k *check) attributeValue(at *Attribute, mapped bool) error {
	rules := k.attributeRules[spelling.Fold(at.Type)]
	if len(rules) == 0 {
		return checkText(at.Value, 0)
	}
	var refused error // by the last rule that is for this
	for i := range rules {
		if mapped && rules[i].applies != nil && !rules[i].applies[spelling.Fold(k.what)] {
			continue
		}
		value, err := rules[i].accept(at.Value)
		if err == nil {
			at.Value = value
			// The API documents no format for dates in attributes.
			if _, ok := canonical.LenientDate(value); !ok && spelling.Fold(rules[i].Rule.Type) == "date" {
				k.warnf(at.Pos, "attribute %s: its value %s is not a date, as the instance requires: write it like 2021-11-03", message.Quote(at.Type), message.Quote(value))
			}
			return nil
		}
		refused = err
	}
	if refused == nil {
		k.errorf(at.Pos, "attribute type %s is not for %s on this instance", message.Quote(at.Type), message.Article(k.what))
	}
	return refused
}

// accept returns the value in the instance's spelling. An error continues a
// sentence that begins with the value.
func (r *attributeRule) accept(value string) (string, error) {
	if err := checkText(value, r.MaxSize); err != nil {
		return "", err
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
	number, defaults := map[string]int{}, map[string]int{}
	for i := range list {
		at := &list[i]
		if at.Default == Yes {
			if defaults[at.Type]++; defaults[at.Type] > 1 {
				k.errorf(at.Pos, "attribute %s: two values are marked as default: only one of a type can be", message.Quote(at.Type))
			}
		}
		number[at.Type]++
		if most := k.attributeMax(at.Type); most > 0 && number[at.Type] > most {
			k.errorf(at.Pos, "attribute %s: the instance accepts at most %d of this type on an object", message.Quote(at.Type), most)
		}
	}
}

// attributeMax is how many attributes of a type an object may have, 0 for any
// number.
func (k *check) attributeMax(typ string) int {
	most := 0
	for _, r := range k.attributeRules[spelling.Fold(typ)] {
		if r.MaxCount <= 0 {
			return 0
		}
		most = max(most, r.MaxCount)
	}
	return most
}
