// Package numbered keeps texts once, and gives each a number that stands for it.
// It is for few texts that very many values have, such as the names of files. It
// never forgets a text.
package numbered

import (
	"sync"
	"sync/atomic"
)

// Texts numbers texts from 1 on; 0 is the empty text. Its zero value is empty and
// ready, and it can be used by several goroutines.
type Texts struct {
	mu      sync.RWMutex
	numbers map[string]uint32
	texts   atomic.Pointer[[]string] // from number 1 on; nil for none
}

// Number is the number of text.
func (t *Texts) Number(text string) uint32 {
	if text == "" {
		return 0
	}
	t.mu.RLock()
	n := t.numbers[text]
	t.mu.RUnlock()
	if n > 0 {
		return n
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := t.numbers[text]; n > 0 {
		return n
	}
	if t.numbers == nil {
		t.numbers = map[string]uint32{}
	}
	texts := append(t.all(), text) // those who have the list as it was do not see the end of it
	t.texts.Store(&texts)
	n = uint32(len(texts))
	t.numbers[text] = n
	return n
}

// Text is the text of a number; "" if no text has it.
func (t *Texts) Text(n uint32) string {
	texts := t.all()
	if n == 0 || int(n) > len(texts) {
		return ""
	}
	return texts[n-1]
}

func (t *Texts) all() []string {
	if texts := t.texts.Load(); texts != nil {
		return *texts
	}
	return nil
}
