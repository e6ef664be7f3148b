package canonical

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// registryHives are the names that the key of a Registry Key may begin with.
var registryHives = []string{
	"HKEY_CLASSES_ROOT", "HKEY_CURRENT_CONFIG", "HKEY_CURRENT_USER", "HKEY_CURRENT_USER_LOCAL_SETTINGS",
	"HKEY_LOCAL_MACHINE", "HKEY_PERFORMANCE_DATA", "HKEY_PERFORMANCE_NLSTEXT", "HKEY_PERFORMANCE_TEXT", "HKEY_USERS",
}

// hiveAbbreviations are common short names, which instances refuse.
var hiveAbbreviations = map[string]string{
	"HKCR": "HKEY_CLASSES_ROOT", "HKCC": "HKEY_CURRENT_CONFIG", "HKCU": "HKEY_CURRENT_USER",
	"HKLM": "HKEY_LOCAL_MACHINE", "HKU": "HKEY_USERS",
}

// registryValueTypes are the value types of a Registry Key.
var registryValueTypes = []string{
	"REG_NONE", "REG_BINARY", "REG_DWORD", "REG_DWORD_LITTLE_ENDIAN", "REG_DWORD_BIG_ENDIAN", "REG_EXPAND_SZ",
	"REG_LINK", "REG_MULTI_SZ", "REG_QWORD", "REG_QWORD_LITTLE_ENDIAN", "REG_SZ",
}

// noName is the name of a key's default value on an instance.
const noName = " "

// RegistryKey gives part i of a Registry Key: the key with the full name
// of its hive, the name of the value, its type. Keys and names keep their case.
func RegistryKey(i int, s string) (string, error) {
	s = strings.TrimSpace(s)
	switch i {
	case 0:
		if key, ok := withHive(s); ok {
			return key, nil
		}
		return "", notRegistryKey(s)
	case 1:
		return cmp.Or(s, noName), nil
	case 2:
		return registryType(s)
	}
	panic(fmt.Sprintf("canonical: a Registry Key has no part %d", i))
}

// withHive is a key with the full name of its hive.
func withHive(s string) (string, bool) {
	hive, path, below := strings.Cut(s, `\`)
	full, ok := fullHive(hive)
	switch {
	case !ok || full == hive:
		return s, ok
	case !below:
		return full, true
	}
	return full + `\` + path, true
}

// fullHive is the full name of a hive written in any case or abbreviated.
func fullHive(s string) (string, bool) {
	if slices.Contains(registryHives, s) {
		return s, true
	}
	upper := strings.ToUpper(s)
	if full, ok := hiveAbbreviations[upper]; ok {
		return full, true
	}
	return upper, slices.Contains(registryHives, upper)
}

// notRegistryKey is an error with the key that s probably means.
func notRegistryKey(s string) error {
	meant := ""
	switch {
	case s == "":
		return errors.New(`is empty: write the key as HKEY_LOCAL_MACHINE\Software\Example`)
	case strings.Contains(s, "/") && !strings.Contains(s, `\`):
		meant = strings.ReplaceAll(s, "/", `\`)
	case strings.Contains(s, `:\`): // PowerShell's drives
		meant = strings.Replace(s, `:\`, `\`, 1)
	default:
		for _, front := range []struct{ written, hive string }{
			{`computer\`, ""}, {`my computer\`, ""}, {`\`, ""},
			{`\registry\machine`, "HKEY_LOCAL_MACHINE"}, {`\registry\user`, "HKEY_USERS"}, {`registry\machine`, "HKEY_LOCAL_MACHINE"},
		} {
			if rest, ok := cutPrefixFold(s, front.written); ok {
				meant = front.hive + rest
			}
		}
	}
	if meant != "" {
		if key, ok := withHive(meant); ok {
			return fmt.Errorf("does not begin with a hive: write %s", message.Quote(key))
		}
	}
	hive, _, _ := strings.Cut(s, `\`)
	if near := spelling.Nearest(hive, registryHives); near != "" {
		return fmt.Errorf("begins with %s, which is not a hive: did you mean %s?", message.Quote(hive), near)
	}
	return errors.New(`does not begin with a hive: write HKEY_LOCAL_MACHINE\..., HKEY_CURRENT_USER\... or the like`)
}

func registryType(s string) (string, error) {
	if s == "" {
		return "", errors.New("is empty: write the type of the value, or REG_NONE if it is unknown")
	}
	if typ, ok := spelling.Find(s, registryValueTypes); ok {
		return typ, nil
	}
	hint := message.DidYouMean(spelling.Nearest(s, registryValueTypes))
	if typ, ok := spelling.Find("REG_"+s, registryValueTypes); ok {
		hint = fmt.Sprintf(": did you mean %s?", message.Quote(typ))
	}
	return "", fmt.Errorf("is not one of %s%s", strings.Join(registryValueTypes, ", "), hint)
}

// SplitRegistryKey splits Key Name : Value Name : Value Type. The name of a
// value may contain the separator: the first one ends the key, and a known
// word is the type. Name and type may be missing.
func SplitRegistryKey(summary string) ([]string, error) {
	key, rest, _ := strings.Cut(summary, " :")
	name := strings.TrimSpace(rest)
	typ := ""
	last := strings.LastIndexByte(rest, ':')
	if word := strings.TrimSpace(rest[last+1:]); word != "" {
		if _, known := spelling.Find(word, registryValueTypes); known || last >= 0 {
			typ, name = word, strings.TrimSpace(rest[:max(last, 0)])
		}
	}
	if name == "" && typ != "" {
		name = noName
	}
	return []string{strings.TrimSpace(key), name, typ}, nil
}
