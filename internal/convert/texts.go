package convert

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"tcimport/internal/intel"
)

// The types of attributes that every instance has.
const (
	Description = "Description"
	Source      = "Source"
	Aliases     = "Aliases"
	ExternalID  = "External ID"
	Analysis    = "Additional Analysis and Context"
)

// attributeOrder is the order in which a manifest has attributes.
var attributeOrder = []string{Description, Source, ExternalID, Aliases, Analysis}

// attributeMax is how many characters an attribute may have, as instances come.
var attributeMax = map[string]int{Description: 65535, Analysis: 65535, Source: 500, ExternalID: 500, Aliases: 500}

// tagMax is how many characters a tag may have.
const tagMax = 128

// tooLong is an error about a text of more than most characters, nil if it is not.
func tooLong(text string, most int) error {
	if len(text) <= most || utf8.RuneCountInString(text) <= most {
		return nil
	}
	return fmt.Errorf("it has more than %d characters", most)
}

// AttributeText is a text as an attribute of a type has it, or an error if it is too long.
func AttributeText(typ, text string) (string, error) {
	text = strings.TrimSpace(text)
	return text, tooLong(text, attributeMax[typ])
}

// TagText is a text as a tag, or an error if it is too long.
func TagText(text string) (string, error) {
	text = strings.TrimSpace(text)
	return text, tooLong(text, tagMax)
}

// AddAttribute adds an attribute, unless it says nothing or is there.
func AddAttribute(list *[]intel.Attribute, typ, value string) error {
	value, err := AttributeText(typ, value)
	if err != nil {
		return err
	}
	same := func(have intel.Attribute) bool { return have.Type == typ && have.Value == value }
	if value != "" && !slices.ContainsFunc(*list, same) {
		*list = append(*list, intel.Attribute{Type: typ, Value: value})
	}
	return nil
}

// AddTag adds a tag, unless it says nothing or is there.
func AddTag(list *[]intel.Tag, name string) error {
	name, err := TagText(name)
	if err != nil {
		return err
	}
	same := func(have intel.Tag) bool { return strings.EqualFold(have.Name, name) }
	if name != "" && !slices.ContainsFunc(*list, same) {
		*list = append(*list, intel.Tag{Name: name})
	}
	return nil
}

// Tidy brings tags, labels and attributes into an order that does not depend on the order
// of the source, each once.
func Tidy(g *intel.Group) {
	slices.SortStableFunc(g.Attributes, func(x, y intel.Attribute) int {
		return cmp.Or(slices.Index(attributeOrder, x.Type)-slices.Index(attributeOrder, y.Type), strings.Compare(x.Value, y.Value))
	})
	g.Attributes = slices.CompactFunc(g.Attributes, func(x, y intel.Attribute) bool { return x.Type == y.Type && x.Value == y.Value })
	slices.SortFunc(g.Tags, func(x, y intel.Tag) int {
		return cmp.Or(strings.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)), strings.Compare(x.Name, y.Name))
	})
	g.Tags = slices.CompactFunc(g.Tags, func(x, y intel.Tag) bool { return strings.EqualFold(x.Name, y.Name) })
	slices.Sort(g.SecurityLabels)
	g.SecurityLabels = slices.Compact(g.SecurityLabels)
}
