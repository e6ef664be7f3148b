package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// cost is what a process took.
type cost struct {
	wall, cpu time.Duration
	peak      int64 // largest resident set, in bytes
}

// build builds the command of the tree that this program is of.
func (b *bench) build(ctx context.Context) error {
	b.tcimport = filepath.Join(b.dir, "tcimport")
	if runtime.GOOS == "windows" {
		b.tcimport += ".exe"
	}
	out, err := exec.CommandContext(ctx, "go", "build", "-o", b.tcimport, "tcimport/cmd/tcimport").CombinedOutput()
	if err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// environment is that of all children: nothing that configures the command, and a
// folder of our own for its locks.
func (b *bench) environment(more ...string) []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "TC_") || strings.HasPrefix(v, "TCIMPORT_")
	})
	return append(append(env, "XDG_STATE_HOME="+filepath.Join(b.dir, "state")), more...)
}

// measure runs a program to its end, or until the limit, and says what it took. The
// peak of a child counts what this process had in memory when it began. So this
// process keeps nothing large.
func (b *bench) measure(ctx context.Context, limit time.Duration, env []string, program string, args ...string) (cost, error) {
	line := filepath.Base(program) + " " + strings.Join(args, " ")
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("%s: it took more than %s", line, limit))
	defer cancel()
	var messages bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env, cmd.Stderr = b.dir, env, &messages
	begun := time.Now()
	err := cmd.Run()
	c := cost{wall: time.Since(begun)}
	switch {
	case ctx.Err() != nil:
		return c, context.Cause(ctx)
	case err != nil:
		text := bytes.TrimSpace(messages.Bytes())
		return c, fmt.Errorf("%s: %w\n%s", line, err, text[max(0, len(text)-1000):])
	}
	c.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	c.peak = peak(cmd.ProcessState)
	fmt.Fprintf(b.progress, "%s: %s, CPU %s, peak %s\n", line, seconds(c.wall), seconds(c.cpu), mebibytes(c.peak))
	return c, nil
}

// limit is the longest that a step with n groups may take.
func limit(n int) time.Duration { return 2*time.Minute + time.Duration(n)*5*time.Millisecond }
