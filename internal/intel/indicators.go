package intel

// IndicatorType is one of the types of indicators.
type IndicatorType struct {
	Name   string
	Values []string // the fields that hold the parts of the summary, as the API spells them
	Custom bool     // defined by the instance

	// canonical gives the form in which an instance stores value i, or what is
	// wrong with it. nil keeps any text.
	canonical func(i int, value string) (string, error)

	// fold gives what two values are compared by, from their canonical form.
	// nil compares exactly.
	fold func(string) string

	// loose types have a case rule that differs by instance: two spellings are
	// two indicators within a manifest, but one that the instance has in another
	// case is taken if it is the only one.
	loose bool
}

// IndicatorTypes is the table of the indicator types every instance has.
// Source: developer docs, rest_api/v3/indicators/fields.rst and
// common_errors.rst (forms that are refused), rest_api/v2/batch_api.
var IndicatorTypes = []IndicatorType{
	{Name: "Address", Values: []string{"ip"}, canonical: one(CanonicalAddress), fold: Fold},
	{Name: "EmailAddress", Values: []string{"address"}, canonical: one(canonicalEmail), fold: Fold},
	{Name: "File", Values: []string{"md5", "sha1", "sha256"}, canonical: canonicalHash, fold: Fold},
	{Name: "Host", Values: []string{"hostName"}, canonical: one(canonicalHost), fold: Fold},
	{Name: "URL", Values: []string{"text"}, canonical: one(canonicalURL)},
	{Name: "ASN", Values: []string{"AS Number"}, canonical: one(canonicalASN), fold: Fold},
	{Name: "CIDR", Values: []string{"Block"}, canonical: one(canonicalCIDR), fold: Fold},
	{Name: "Email Subject", Values: []string{"Subject"}, loose: true},
	{Name: "Hashtag", Values: []string{"Hashtag"}, loose: true},
	{Name: "Mutex", Values: []string{"Mutex"}},
	{Name: "Registry Key", Values: []string{"Key Name", "Value Name", "Value Type"}, canonical: canonicalRegistry},
	{Name: "User Agent", Values: []string{"User Agent String"}},
}

// IndicatorTypeNamed finds a type by its name in any case; custom are those of
// the instance.
func IndicatorTypeNamed(name string, custom []IndicatorType) (*IndicatorType, bool) {
	for _, list := range [][]IndicatorType{IndicatorTypes, custom} {
		for i := range list {
			if Fold(list[i].Name) == Fold(name) {
				return &list[i], true
			}
		}
	}
	return nil, false
}

// registryValueTypes are the value types of a Registry Key.
var registryValueTypes = []string{
	"REG_NONE", "REG_BINARY", "REG_DWORD", "REG_DWORD_LITTLE_ENDIAN", "REG_DWORD_BIG_ENDIAN", "REG_EXPAND_SZ",
	"REG_LINK", "REG_MULTI_SZ", "REG_QWORD", "REG_QWORD_LITTLE_ENDIAN", "REG_SZ",
}
