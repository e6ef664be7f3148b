package intel

import (
	"strconv"
	"strings"
)

// WebLink is the address of an object on the pages of an instance. There is one for each
// object, and those of one kind differ in a number only: so the text around the number
// is kept once. The zero value is no address.
type WebLink struct {
	around *[2]string // before and behind the number; nil for no address
	number int64      // 0 if there is none: then the first text is all
}

// WebLinks makes addresses, and keeps the texts around their numbers once. Where there are
// more than a few, as if names were part of the addresses, it does not. It is not for several
// goroutines at once; nil keeps nothing.
type WebLinks map[[2]string]*[2]string

const mostArounds = 1000

// WebLinkOf is the address with a text, by itself.
func WebLinkOf(text string) WebLink { return WebLinks(nil).Of(text) }

// Of is the address with a text.
func (known WebLinks) Of(text string) WebLink {
	end := strings.LastIndexAny(text, "0123456789") + 1
	from := end
	for from > 0 && text[from-1] >= '0' && text[from-1] <= '9' {
		from--
	}
	number, err := strconv.ParseInt(text[from:end], 10, 64)
	around := [2]string{text[:from], text[end:]}
	kept := known[around]
	switch {
	case text == "":
		return WebLink{}
	case err != nil || text[from] == '0' || kept == nil && (known == nil || len(known) == mostArounds):
		return WebLink{around: &[2]string{text}}
	case kept == nil:
		kept = &[2]string{strings.Clone(around[0]), strings.Clone(around[1])}
		known[*kept] = kept
	}
	return WebLink{kept, number}
}

// String is the text of the address, "" for none.
func (w WebLink) String() string {
	switch {
	case w.around == nil:
		return ""
	case w.number == 0:
		return w.around[0]
	}
	return w.around[0] + strconv.FormatInt(w.number, 10) + w.around[1]
}

// Equal reports whether two addresses have the same text.
func (w WebLink) Equal(x WebLink) bool { return w == x || w.String() == x.String() }

// MarshalText is the address as reports and plans have it.
func (w WebLink) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (w *WebLink) UnmarshalText(text []byte) error {
	*w = WebLinkOf(string(text))
	return nil
}
