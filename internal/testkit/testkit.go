// Package testkit holds what the tests of several packages share. Only tests
// import it.
package testkit

import (
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// make test runs all tests under the race detector, which makes everything an
// order of magnitude slower. It then runs those whose names begin with TestLarge
// once more without it. Such a test asks here how much it does under the race
// detector: nothing, or fewer rounds. Small imports of the same code are what the
// race detector watches.

// SkipUnderRace skips a test whose cost is its size.
func SkipUnderRace(t testing.TB) {
	t.Helper()
	if raceEnabled {
		t.Skip("it runs without the race detector")
	}
}

// Size is n, or another size under the race detector.
func Size[T any](n, underRace T) T {
	if raceEnabled {
		return underRace
	}
	return n
}

// Rounds is how many rounds a random test runs: n, or a fifth of them under the
// race detector. TEST_ROUNDS multiplies it: make soak sets it.
func Rounds(n int) int {
	n = Size(n, max(n/5, 1))
	if factor, err := strconv.Atoi(os.Getenv("TEST_ROUNDS")); err == nil && factor > 0 {
		n *= factor
	}
	return n
}

// Some are k of the numbers below n, or fewer under the race detector; all of them if
// TEST_ROUNDS is set. from says where to begin, so that different tests take different ones.
func Some(n, k, from int) iter.Seq[int] {
	step := max(1, n/Size(k, max(k/3, 1)))
	if os.Getenv("TEST_ROUNDS") != "" {
		step = 1
	}
	return func(yield func(int) bool) {
		for i := from % step; i < n; i += step {
			if !yield(i) {
				return
			}
		}
	}
}

// DataDir is the absolute path of a folder of the real data, which lies beside
// the project. Where it does not, the test is skipped.
func DataDir(t testing.TB, name string) string {
	t.Helper()
	dir, err := projectDir()
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(dir, "..", "shared", "data", name)
	if _, err := os.Stat(dir); err != nil {
		t.Skip("there is no real data beside the project")
	}
	return dir
}

// projectDir is the nearest folder above that has a go.mod.
func projectDir() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", os.ErrNotExist
		}
		dir = filepath.Dir(dir)
	}
}
