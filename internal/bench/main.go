// Command bench measures what an import costs, and prints the tables of
// docs/performance.md: make bench.
//
// The command and the simulated instance are processes of their own. What the
// command does is compared with the least that a program could do for it in the same
// run: a bare parse of the same file, and a bare loop that sends the same requests.
// These are processes, too: this program, in another role. So the ratios mean the
// same on every machine.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"tcimport/internal/bigmanifest"
)

// roles are what this program is as a child of itself.
var roles = map[string]func(args []string) error{
	"parse-yaml": parseYAML,
	"parse-csv":  parseCSV,
	"record":     record,
	"replay":     replay,
}

func main() {
	if err := start(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func start() error {
	if len(os.Args) > 1 && roles[os.Args[1]] != nil {
		return roles[os.Args[1]](os.Args[2:])
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, os.Args[1:], os.Stdout, os.Stderr)
}

// run measures, prints the tables to out, and says on progress what it does. When it
// returns, all children have ended, and their files are removed.
func run(ctx context.Context, args []string, out, progress io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(progress)
	groups := flags.Int("groups", 100_000, "groups of the large manifest")
	size := flags.Int("graph", 6_000, "groups of the manifest of each shape")
	hub := flags.Int("hub", 50_000, "groups of a larger star")
	quick := flags.Bool("quick", false, "small manifests, to see that everything works")
	million := flags.Bool("million", false, "measure the tenfold of the large manifest, and how linear it is, and nothing else")
	shape := flags.String("shape", "", fmt.Sprintf("measure the manifest of this shape and nothing else: one of %q, or all", bigmanifest.Shapes))
	rounds := flags.Int("rounds", 1, "measure each shape so often, in turn with its bare loop, and print the fastest of both")
	tcimport := flags.String("binary", "", "measure this tcimport instead of the one of this tree")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *quick {
		*groups, *size, *hub = 800, 160, 320
	}
	b, err := newBench(ctx, *tcimport, progress)
	if err != nil {
		return err
	}
	defer b.remove()
	fmt.Fprintln(out, machine())
	var graphs []graph
	for _, s := range bigmanifest.Shapes {
		graphs = append(graphs, graph{s, *size})
	}
	switch graphs = append(graphs, graph{bigmanifest.Star, *hub}); {
	case *million:
		return b.linear(ctx, out, *groups)
	case *shape == "":
		if err := b.costs(ctx, out, *groups); err != nil {
			return err
		}
	case *shape != "all":
		graphs = []graph{{bigmanifest.Shape(*shape), *size}}
	}
	return b.graphs(ctx, out, graphs, *rounds)
}

// machine says where it was measured.
func machine() string {
	s := fmt.Sprintf("Measured %s on %d cores, %s/%s, %s", time.Now().UTC().Format("2006-01-02"), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		s += ", load " + strings.Fields(string(load))[0] + " before"
	}
	return s + "."
}

// bench is where it is measured.
type bench struct {
	dir      string // of all files
	tcimport string // the command
	self     string // this program
	progress io.Writer
}

func newBench(ctx context.Context, tcimport string, progress io.Writer) (b *bench, err error) {
	b = &bench{tcimport: tcimport, progress: progress}
	if b.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if b.dir, err = os.MkdirTemp("", "tcimport-bench-"); err != nil {
		return nil, err
	}
	if b.tcimport != "" {
		b.tcimport, err = filepath.Abs(b.tcimport)
	} else {
		err = b.build(ctx)
	}
	if err != nil {
		b.remove()
	}
	return b, err
}

func (b *bench) remove() { os.RemoveAll(b.dir) }
