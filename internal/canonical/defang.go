package canonical

import (
	"errors"
	"fmt"
	"strings"

	"tcimport/internal/message"
	"tcimport/internal/spelling"
)

// defangedMarks are the ways to make a network indicator harmless, each with
// its meaning. Longer ones come first.
var defangedMarks = []string{
	"[://]", "://",
	"[dot]", ".", "(dot)", ".", "{dot}", ".", "[.]", ".", "(.)", ".", "{.}", ".", "[.", ".", ".]", ".",
	"[at]", "@", "(at)", "@", "{at}", "@", "[@]", "@", "(@)", "@", "{@}", "@",
	"[:]", ":", "[/]", "/",
	`\.`, ".",
}

// defangedSchemes are the disguised schemes of URLs.
var defangedSchemes = map[string]string{
	"hxxp": "http", "hxxps": "https", "htxp": "http", "htxps": "https", "h**p": "http", "h**ps": "https",
	"hxtp": "http", "hxtps": "https", "xxxp": "http", "meow": "http", "fxp": "ftp", "fxps": "ftps",
}

// Refang is the value that a defanged one means, and whether s is defanged. It serves
// messages, and values of other formats: a manifest is never changed so without a word.
func Refang(s string) (string, bool) {
	out, found := refangScheme(s)
	if strings.ContainsAny(out, "[](){}\\") {
		lower := strings.ToLower(out)
		for i := 0; i < len(defangedMarks); i += 2 {
			if strings.Contains(lower, defangedMarks[i]) {
				out = replaceFold(out, defangedMarks[i], defangedMarks[i+1])
				lower = strings.ToLower(out)
				found = true
			}
		}
	}
	if !found {
		return s, false
	}
	out, _ = refangScheme(out)
	return out, true
}

// refangScheme undoes the disguise of a URL's scheme.
func refangScheme(s string) (string, bool) {
	i := strings.IndexAny(s, ":[")
	if i < 3 || i > 5 {
		return s, false
	}
	real, ok := defangedSchemes[strings.ToLower(s[:i])]
	if !ok {
		return s, false
	}
	return real + s[i:], true
}

// replaceFold is strings.ReplaceAll for an ASCII old in any case.
func replaceFold(s, old, with string) string {
	var b strings.Builder
	for len(s) >= len(old) {
		if strings.EqualFold(s[:len(old)], old) {
			b.WriteString(with)
			s = s[len(old):]
			continue
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	b.WriteString(s)
	return b.String()
}

// notDefanged is an error with the right value if s is defanged.
func notDefanged(s string, canonical func(string) (string, error)) error {
	meant, ok := Refang(s)
	if !ok {
		return nil
	}
	if _, still := Refang(meant); still {
		return errors.New("is defanged more than once: write the original value")
	}
	c, err := canonical(meant)
	if err != nil {
		return fmt.Errorf("is defanged; %s %w", message.Quote(meant), err)
	}
	return fmt.Errorf("is defanged; write %s", message.Quote(c))
}

// DefangHost is a host or an IPv4 address as the field writes it where nothing should lead
// there.
func DefangHost(s string) string { return strings.ReplaceAll(s, ".", "[.]") }

// DefangAddress does so with an address of either version, or with a block of them.
func DefangAddress(s string) string { return strings.ReplaceAll(DefangHost(s), ":", "[:]") }

// DefangEmail does so with an e-mail address.
func DefangEmail(s string) string {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return DefangHost(s)
	}
	return s[:at] + "[@]" + DefangHost(s[at+1:])
}

// DefangURL does so with a URL: with its scheme and all before its path. What the path
// says stays, except for the beginning of another URL.
func DefangURL(s string) string {
	scheme, host, before, after, ok := cutURL(s)
	if !ok {
		return DefangHost(s)
	}
	sep := "[://]"
	if hidden := hiddenSchemes[spelling.Fold(scheme)]; hidden != "" {
		scheme, sep = hidden, "://"
	}
	before = strings.ReplaceAll(DefangHost(before), "@", "[@]")
	return scheme + sep + before + DefangHost(host) + strings.ReplaceAll(after, "://", "[://]")
}

// hiddenSchemes are the schemes that have a usual disguise.
var hiddenSchemes = map[string]string{"http": "hxxp", "https": "hxxps", "ftp": "fxp", "ftps": "fxps"}
