package intel

import (
	"errors"
	"strings"
)

var errTODO = errors.New("not built")

func Fold(s string) string                                  { return strings.ToLower(s) }
func NearestName(name string, known []string) string        { return "" }
func CanonicalDate(s string) (string, error)                { return s, errTODO }
func LenientDate(s string) (string, bool)                   { return s, false }
func (f *FieldSpec) Canonical(value string) (string, error) { return value, errTODO }
func (f *FieldSpec) Equal(a, b string) bool                 { return a == b }
func one(f func(string) (string, error)) func(int, string) (string, error) {
	return func(_ int, v string) (string, error) { return f(v) }
}
func CanonicalAddress(s string) (string, error)                      { return s, errTODO }
func canonicalEmail(s string) (string, error)                        { return s, errTODO }
func canonicalHash(i int, s string) (string, error)                  { return s, errTODO }
func canonicalHost(s string) (string, error)                         { return s, errTODO }
func canonicalURL(s string) (string, error)                          { return s, errTODO }
func canonicalASN(s string) (string, error)                          { return s, errTODO }
func canonicalCIDR(s string) (string, error)                         { return s, errTODO }
func canonicalRegistry(i int, s string) (string, error)              { return s, errTODO }
func (t *IndicatorType) Parse(summary string) ([]string, error)      { return nil, errTODO }
func (t *IndicatorType) Canonical(values []string) ([]string, error) { return nil, errTODO }
func (t *IndicatorType) Summary(values []string) string              { return "" }
func (t *IndicatorType) Keys(values []string) []string               { return nil }
func (t *IndicatorType) LooseKeys(values []string) []string          { return nil }
func (o *Object) Complete(custom []IndicatorType, ps *Problems)      {}
func ObjectFieldNames(k Kind, typ string) []string                   { return nil }
func (g *Group) Complete(in *Instance, ps *Problems)                 {}
