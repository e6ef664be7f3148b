package tc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
)

// What answers may take of memory. An instance that is broken, or none at all,
// can send whatever it likes: a string that does not end, a list without an end,
// either of them in a few compressed bytes. Sizes are of what is read after it has
// been decompressed.
type bounds struct {
	object    int64 // an answer that holds one object; an entry of a list, with the megabyte at most that is read behind it
	page      int64 // what is decoded from an answer, and
	pageShare int64 // for each entry of a list that was asked for
	answers   int64 // all answers that are being read
}

// A group that is associated with 50,000 others has 33 MB.
var defaultBounds = bounds{object: 128 << 20, page: 256 << 20, pageShare: 40 << 10, answers: 512 << 20}

// What memory is reckoned with: an object is decoded into some hundred bytes,
// however short it is; text that is being decoded is there several times.
const (
	perObject = 400
	perByte   = 3
)

// tooLarge is an answer beyond one of the bounds. Asking for less is no use where a
// single value is.
type tooLarge struct {
	what   string
	single bool
}

func (e *tooLarge) Error() string { return e.what }

// budget is what is left for the answers that are being read.
type budget struct {
	bounds
	used atomic.Int64
}

func (b *budget) take(n int64) bool { return b.used.Add(n) <= b.answers || n <= 0 }

// answer is what is read of an answer. It ends with a *tooLarge where more comes than
// what was asked for can be.
type answer struct {
	r    io.Reader
	head []byte // the beginning, for messages

	value  int64 // the most bytes of one JSON value
	limit  int64 // the most that may be decoded
	budget *budget

	pending int64 // bytes read of a value that is not decoded yet
	kept    int64 // what was decoded, in memory
	taken   int64 // from budget
	over    *tooLarge
}

// newAnswer reads an answer to which so many entries were asked for, 0 for one
// object. It has to be released.
func newAnswer(r io.Reader, entries int, b *budget) *answer {
	return &answer{r: r, head: heads.Get().(*[maxMessage]byte)[:0], value: b.object, limit: b.page + b.pageShare*int64(entries), budget: b}
}

// heads is room for the beginnings of answers.
var heads = sync.Pool{New: func() any { return new([maxMessage]byte) }}

func (a *answer) Read(p []byte) (int, error) {
	if a.over != nil {
		return 0, a.over
	}
	p = p[:min(int64(len(p)), a.value-a.pending+1)]
	n, err := a.r.Read(p)
	if room := maxMessage - len(a.head); room > 0 {
		a.head = append(a.head, p[:min(n, room)]...)
	}
	a.pending += int64(n)
	if over := a.check(); over != nil {
		return n, over
	}
	return n, err
}

// entry is called with each entry of a list before it is decoded.
func (a *answer) entry(v value) error {
	a.kept += int64(len(v)) + perObject*int64(1+bytes.Count(v, []byte{'{'}))
	a.pending = 0
	if over := a.check(); over != nil {
		return over
	}
	return nil
}

func (a *answer) check() *tooLarge {
	need := perByte*a.pending + a.kept
	fits := a.budget.take(need - a.taken)
	a.taken = need
	switch {
	case a.pending > a.value:
		a.over = &tooLarge{fmt.Sprintf("it has more than %d MB in one piece", a.value>>20), true}
	case a.kept+a.pending > a.limit:
		a.over = &tooLarge{fmt.Sprintf("it has more than %d MB", a.limit>>20), false}
	case !fits:
		a.over = &tooLarge{fmt.Sprintf("all answers together have more than %d MB", a.budget.answers>>20), false}
	}
	return a.over
}

func (a *answer) release() {
	a.budget.take(-a.taken)
	heads.Put((*[maxMessage]byte)(a.head[:maxMessage]))
}

func (a *answer) html() bool { return bytes.HasPrefix(bytes.TrimSpace(a.head), []byte("<")) }

// describe says what is wrong with a body that is no JSON. clean goes before the
// cut: half a secret is still one.
func (a *answer) describe(err error, clean func(string) string) error {
	head := bytes.TrimSpace(a.head)
	switch {
	case len(head) == 0:
		return errors.New("it is empty")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return errors.New("it is incomplete")
	case head[0] != '{':
		return fmt.Errorf("it is not JSON: %.100s", clean(string(head)))
	}
	return errors.New(clean(err.Error()))
}
