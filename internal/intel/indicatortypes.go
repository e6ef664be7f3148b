package intel

import (
	"cmp"
	"slices"
	"strings"

	"tcimport/internal/canonical"
	"tcimport/internal/spelling"
)

// IndicatorType is one of the types of indicators.
type IndicatorType struct {
	Name   string
	Values []string // the fields that hold the parts of the summary, as the API spells them
	Custom bool     // defined by the instance

	// canonical gives the form in which an instance stores value i. nil keeps
	// any text.
	canonical func(i int, value string) (string, error)

	// fold gives what two values are compared by, from their canonical form.
	// nil compares exactly.
	fold func(string) string

	// caseUnknown types have a case rule that differs by instance: two
	// spellings are two indicators within a manifest, but the only indicator
	// that the instance has in another case is taken for the same. So is a
	// custom type if the instance names no case rule.
	caseUnknown bool

	// caseSensitive is set on a custom type if the instance says that case
	// matters.
	caseSensitive bool

	// anyOf types have values that identify the same thing: one is enough.
	anyOf bool

	// parse splits a summary. nil splits at the separator, if there is more than
	// one value.
	parse func(summary string) ([]string, error)

	// defang gives a summary as it is shown where nothing should lead to it. nil
	// keeps it: there is nowhere to go.
	defang func(summary string) string

	// warning warns of a canonical value that is probably a mistake; "" for no
	// warning.
	warning func(value string) string
}

// IndicatorTypes is the table of the indicator types every instance has.
// Source: developer docs, rest_api/v3/indicators/fields.rst and
// common_errors.rst (forms that are refused), rest_api/v2/batch_api.
var IndicatorTypes = []IndicatorType{
	{Name: "Address", Values: []string{"ip"}, canonical: one(canonical.Address), fold: spelling.Fold, defang: canonical.DefangAddress, warning: canonical.AddressWarning},
	{Name: "EmailAddress", Values: []string{"address"}, canonical: one(canonical.Email), fold: spelling.Fold, defang: canonical.DefangEmail},
	{Name: "File", Values: []string{"md5", "sha1", "sha256"}, canonical: canonical.FileHash, fold: spelling.Fold, anyOf: true, parse: canonical.SplitHashes},
	{Name: "Host", Values: []string{"hostName"}, canonical: one(canonical.Host), fold: spelling.Fold, defang: canonical.DefangHost, warning: canonical.HostWarning},
	{Name: "URL", Values: []string{"text"}, canonical: one(canonical.URL), defang: canonical.DefangURL},
	{Name: "ASN", Values: []string{"AS Number"}, canonical: one(canonical.ASN), fold: spelling.Fold},
	{Name: "CIDR", Values: []string{"Block"}, canonical: one(canonical.CIDR), fold: spelling.Fold, defang: canonical.DefangAddress},
	{Name: "Email Subject", Values: []string{"Subject"}, caseUnknown: true},
	{Name: "Hashtag", Values: []string{"Hashtag"}, caseUnknown: true},
	{Name: "Mutex", Values: []string{"Mutex"}},
	{Name: "Registry Key", Values: []string{"Key Name", "Value Name", "Value Type"}, canonical: canonical.RegistryKey, parse: canonical.SplitRegistryKey},
	{Name: "User Agent", Values: []string{"User Agent String"}},
}

// IndicatorTypeNamed finds a type by its name in any case; custom are those of
// the instance.
func IndicatorTypeNamed(name string, custom []IndicatorType) (*IndicatorType, bool) {
	if t, ok := indicatorTypes.named(name); ok {
		return t, true
	}
	for i := range custom {
		if strings.EqualFold(custom[i].Name, name) {
			return &custom[i], true
		}
	}
	return nil, false
}

var indicatorTypes = indexed(IndicatorTypes, func(t *IndicatorType) string { return t.Name })

// indicatorTypeNames lists the built-in types and those of custom.
func indicatorTypeNames(custom []IndicatorType) []string {
	names := slices.Clone(indicatorTypes.names)
	for i := range custom {
		names = append(names, custom[i].Name)
	}
	return names
}

// one is the rule of a type with a single value.
func one(canonical func(string) (string, error)) func(int, string) (string, error) {
	return func(_ int, value string) (string, error) { return canonical(value) }
}

// Defanged is the name of an object as it is shown where a click, or a careless copy, must
// not lead to it. Its kind and type decide that, not what it looks like.
func Defanged(kind Kind, typ, name string) string {
	if kind == KindArtifact {
		typ = cmp.Or(indicatorOfArtifact[typ], typ)
	} else if kind != KindIndicator {
		return name
	}
	if t, ok := indicatorTypes.named(typ); ok && t.defang != nil {
		return t.defang(name)
	}
	return name
}

// indicatorOfArtifact are the indicator types of artifact types with other names.
var indicatorOfArtifact = map[string]string{"IP Address": "Address", "Email Address": "EmailAddress"}
