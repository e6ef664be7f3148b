package baseline

import (
	"slices"
	"strings"

	"tcimport/internal/intel"
)

// An instance can store a value otherwise than it was sent. A run has then left what is
// stored: the baseline has a fact of that, and one that says what was sent for it.

// partStored is the suffix of the facts that say what was sent.
const partStored = "storedAs"

// Of what was sent and of what is stored, such a fact holds the beginnings of the digests.
const (
	digestBits = 4 * digits
	sentBits   = 40
	storedBits = 4*storedDigits - sentBits
)

// Stored are the facts of a value that was sent, and that the instance stores as the
// second fact says.
func Stored(sent, stored Fact) []Fact {
	if sent == stored {
		return []Fact{sent}
	}
	return []Fact{stored, storedAs(sent, stored)}
}

func storedAs(sent, stored Fact) Fact {
	return Fact{about: about(sent.Field() + "." + partStored), value: sent.value>>(digestBits-sentBits)<<storedBits | stored.value>>(digestBits-storedBits)}
}

// Overwritten is the fact that a value was sent to overwrite another one, and that no answer
// has shown what is there then. If the next run meets the other one again, this was in vain.
func Overwritten(sent, before Fact) Fact { return storedAs(sent, before).As(MaybeThere) }

// IsStoredAs reports whether the fact says what was sent for a value.
func (f Fact) IsStoredAs() bool { return f.about.Value().storedAs }

// saysSent and saysStored report whether f, which IsStoredAs, is about this value that was sent,
// or about this one that is stored.
func (f Fact) saysSent(sent Fact) bool {
	return f.value>>storedBits == sent.value>>(digestBits-sentBits) && f.isOf(sent)
}

func (f Fact) saysStored(stored Fact) bool {
	return f.value&(1<<storedBits-1) == stored.value>>(digestBits-storedBits) && f.isOf(stored)
}

func (f Fact) isOf(g Fact) bool {
	field, ok := strings.CutSuffix(f.Field(), "."+partStored)
	return ok && field == g.Field()
}

// StoresAs reports whether the instance stores as the second fact says what was sent
// as the first.
func (b Baseline) StoresAs(sent, stored Fact) bool { return b.Has(storedAs(sent, stored)) }

// stored are the facts of b which say that sent was sent, and as what it is stored.
func (b Baseline) stored(sent Fact) []Fact {
	if sent.List()&^intel.ListAttributes != 0 {
		return nil
	}
	var out []Fact
	for _, f := range b {
		if !f.IsStoredAs() || f.Doubt() != Sure || !f.saysSent(sent) {
			continue
		}
		for _, g := range b {
			if g.Doubt() == Sure && f.saysStored(g) {
				out = append(out, f, g)
			}
		}
	}
	return out
}

// Concerning are the facts of b that are among facts, or say as what these are stored.
func (b Baseline) Concerning(facts []Fact) Baseline {
	var out []Fact
	for _, f := range facts {
		if b.Has(f) {
			out = append(out, f)
		} else {
			out = append(out, b.stored(f)...)
		}
	}
	return New(out...)
}

// WithoutOrphans is b without the facts that say what was sent for a value that b does
// not have any more.
func (b Baseline) WithoutOrphans() Baseline {
	if !slices.ContainsFunc(b, Fact.IsStoredAs) {
		return b
	}
	return b.Where(func(f Fact) bool { return !f.IsStoredAs() || f.Doubt() != Sure || slices.ContainsFunc(b, f.saysStored) })
}
