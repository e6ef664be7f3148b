package state

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const lockDirVar = "TCIMPORT_TEST_LOCK_DIR"

// TestMain lets the test binary be the other process of TestLockProcesses.
func TestMain(m *testing.M) {
	if dir := os.Getenv(lockDirVar); dir != "" {
		if _, err := Acquire(dir, "tc.example", "Demo"); err != nil {
			os.Stdout.WriteString(err.Error() + "\n")
			os.Exit(6)
		}
		os.Stdout.WriteString("locked\n")
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		os.Exit(0) // without giving the lock back
	}
	os.Exit(m.Run())
}

func TestLockProcesses(t *testing.T) {
	dir := t.TempDir()
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), lockDirVar+"="+dir)
	in, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Process.Kill() }()
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "locked\n" {
		t.Fatalf("%q, %v", line, err)
	}

	_, err = Acquire(dir, "tc.example", "Demo")
	var locked *LockedError
	if !errors.As(err, &locked) {
		t.Fatalf("got %v", err)
	}
	if locked.Holder.PID != other.Process.Pid || locked.Holder.Host == "" || time.Since(locked.Holder.Since) > time.Minute {
		t.Errorf("got %+v", locked.Holder)
	}
	if !strings.Contains(err.Error(), "tc.example, owner Demo") {
		t.Errorf("got %v", err)
	}
	another, err := Acquire(dir, "tc.example", "Other")
	if err != nil {
		t.Errorf("another owner: %v", err)
	} else if err := another.Release(); err != nil {
		t.Error(err)
	}

	// However a process ends, its lock ends with it.
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	in.Close()
	l, err := Acquire(dir, "tc.example", "Demo")
	if err != nil {
		t.Fatalf("after the other was killed: %v", err)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); got != "" {
		t.Errorf("left behind: %s", got)
	}
}

// TestLockRace has many take and give back one lock: never two have it.
func TestLockRace(t *testing.T) {
	dir := t.TempDir()
	var held, won atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				l, err := Acquire(dir, "tc.example", "Demo")
				var locked *LockedError
				if errors.As(err, &locked) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				won.Add(1)
				if held.Add(1) != 1 {
					t.Error("two have the lock")
				}
				held.Add(-1)
				if err := l.Release(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if won.Load() == 0 {
		t.Error("nobody ever had it")
	}
}

// TestLockIsFreeAtOnce: a file that was locked and closed is free, although a child of this
// process still has it open.
func TestLockIsFreeAtOnce(t *testing.T) {
	dir := t.TempDir()
	l, err := Acquire(dir, "i", "o")
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command("sleep", "5")
	child.ExtraFiles = []*os.File{l.f}
	if err := child.Start(); err != nil {
		t.Skip(err)
	}
	defer func() { _ = child.Process.Kill(); _ = child.Wait() }()
	f := l.f
	if err := closeLocked(f); err != nil {
		t.Fatal(err)
	}
	again, err := openLocked(l.path)
	if err != nil {
		t.Fatal(err)
	}
	closeLocked(again)
}
