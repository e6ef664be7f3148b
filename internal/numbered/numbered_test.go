package numbered

import (
	"fmt"
	"sync"
	"testing"
)

// TestTexts: every text has one number, whoever asks for it, and no other text has
// that number.
func TestTexts(t *testing.T) {
	var texts Texts
	numbers := [4][1000]uint32{}
	var all sync.WaitGroup
	for w := range numbers {
		all.Go(func() {
			for i := range numbers[w] {
				numbers[w][i] = texts.Number(fmt.Sprint("file ", i))
			}
		})
	}
	all.Wait()
	for w := range numbers {
		for i, n := range numbers[w] {
			if got, want := texts.Text(n), fmt.Sprint("file ", i); got != want {
				t.Fatalf("number %d is %q, want %q", n, got, want)
			}
		}
	}
	if n := texts.Number(""); n != 0 || texts.Text(0) != "" || texts.Text(1001) != "" {
		t.Errorf("the empty text is number %d; 0 is %q, 1001 is %q", n, texts.Text(0), texts.Text(1001))
	}
}
