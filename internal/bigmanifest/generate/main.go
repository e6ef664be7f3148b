// Command generate writes a manifest of many groups to stdout, for
// measurements: go run ./internal/bigmanifest/generate -groups 100000.
package main

import (
	"flag"
	"fmt"
	"os"

	"tcimport/internal/bigmanifest"
)

func main() {
	groups := flag.Int("groups", 100_000, "number of groups")
	format := flag.String("format", "yaml", "yaml or csv")
	shape := flag.String("shape", string(bigmanifest.Reports), fmt.Sprintf("how the groups hang together: one of %q", bigmanifest.Shapes))
	seed := flag.Uint64("seed", 1, "another seed gives another manifest")
	flag.Parse()
	if err := bigmanifest.WriteShape(os.Stdout, bigmanifest.Format(*format), bigmanifest.Shape(*shape), *groups, *seed); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
