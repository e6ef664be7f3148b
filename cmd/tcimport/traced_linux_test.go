package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"unsafe"
)

// steps are the system calls by which a process leaves something behind: in files, and
// on the instance. Between two of them, it makes no difference when it is killed.
var steps = map[uint64]string{
	syscall.SYS_WRITE: "write", syscall.SYS_PWRITE64: "write", syscall.SYS_FTRUNCATE: "truncate", syscall.SYS_FSYNC: "sync",
	syscall.SYS_FDATASYNC: "sync", syscall.SYS_RENAMEAT: "rename", syscall.SYS_UNLINKAT: "remove", syscall.SYS_MKDIRAT: "make folder",
}

// Of <linux/ptrace.h>.
const (
	ptraceGetSyscallInfo = 0x420e
	ptraceExitKill       = 0x100000
	ptraceAtEntry        = 1
)

// syscallInfo is the struct ptrace_syscall_info at the entry of a call.
type syscallInfo struct {
	Op                 uint8
	_                  [3]uint8
	Arch               uint32
	Instruction, Stack uint64
	Nr                 uint64
	Args               [6]uint64
	_                  uint32
	_                  uint32
}

// traced is what a process has done that was watched.
type traced struct {
	ran
	steps  []string         // in their order
	synced map[string]int64 // by file, how much of it is on the disk for sure
}

// killedAt runs the command and kills it before its n-th step; 0 lets it come to its end.
func (w *world) killedAt(n int, args ...string) traced {
	w.t.Helper()
	runtime.LockOSThread() // the system lets one thread watch a process
	defer runtime.UnlockOSThread()
	dir := w.t.TempDir()
	cmd := w.command(args...)
	out, errs := mustCreate(w, filepath.Join(dir, "out")), mustCreate(w, filepath.Join(dir, "err"))
	defer out.Close()
	defer errs.Close()
	cmd.Stdout, cmd.Stderr = out, errs
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Setpgid: true}
	if err := cmd.Start(); errors.Is(err, syscall.EPERM) && os.Getenv("TEST_ROUNDS") == "" {
		w.t.Skip("no process may watch another one here")
	} else if err != nil {
		w.t.Fatal(err)
	}
	defer cmd.Process.Release()
	tr := traced{synced: map[string]int64{}}
	tr.code = tr.watch(w, cmd.Process.Pid, n)
	for f, into := range map[*os.File]*string{out: &tr.out, errs: &tr.err} {
		b, err := os.ReadFile(f.Name())
		if err != nil {
			w.t.Fatal(err)
		}
		*into = string(b)
	}
	return tr
}

func mustCreate(w *world, path string) *os.File {
	f, err := os.Create(path)
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

// watch follows the threads of a process to its end, and returns its exit code.
func (tr *traced) watch(w *world, pid, n int) int {
	var status syscall.WaitStatus
	must := func(err error) {
		if err != nil {
			w.t.Fatal(err)
		}
	}
	_, err := syscall.Wait4(pid, &status, 0, nil)
	must(err)
	must(syscall.PtraceSetOptions(pid, syscall.PTRACE_O_TRACECLONE|syscall.PTRACE_O_TRACESYSGOOD|ptraceExitKill))
	known := map[int]bool{pid: true}
	for tid, sig := pid, 0; ; {
		if err := syscall.PtraceSyscall(tid, sig); err != nil && err != syscall.ESRCH {
			must(err)
		}
		for {
			tid, err = syscall.Wait4(-pid, &status, syscall.WALL|syscall.WNOTHREAD, nil) // all its threads
			if err == syscall.EINTR {
				continue
			}
			must(err)
			if status.Stopped() {
				break
			}
			if tid == pid && status.Exited() {
				return status.ExitStatus()
			}
			if tid == pid && status.Signaled() {
				return -1
			}
		}
		switch sig = int(status.StopSignal()); {
		case sig == int(syscall.SIGTRAP|0x80):
			if sig = 0; tr.step(w, pid, tid) && len(tr.steps) == n {
				must(syscall.Kill(pid, syscall.SIGKILL))
			}
		case sig == int(syscall.SIGTRAP), sig == int(syscall.SIGSTOP) && !known[tid]:
			sig = 0 // a thread begins
		}
		known[tid] = true
	}
}

// step notes the call that a thread is about to make, and reports whether it is a step.
func (tr *traced) step(w *world, pid, tid int) bool {
	var info syscallInfo
	_, _, errno := syscall.RawSyscall6(syscall.SYS_PTRACE, ptraceGetSyscallInfo, uintptr(tid), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	name, ok := steps[info.Nr]
	if errno != 0 || info.Op != ptraceAtEntry || !ok {
		return false
	}
	switch info.Nr {
	case syscall.SYS_RENAMEAT, syscall.SYS_UNLINKAT, syscall.SYS_MKDIRAT:
		tr.steps = append(tr.steps, name)
		return true
	}
	path, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", pid, info.Args[0]))
	file, ours := strings.CutPrefix(path, w.dir+"/")
	switch {
	case err != nil, !ours && !strings.HasPrefix(path, "socket:"):
		return false
	case !ours:
		file = "instance"
	case name == "sync":
		if fi, err := os.Stat(path); err == nil {
			tr.synced[path] = fi.Size()
		}
	}
	tr.steps = append(tr.steps, name+" "+file)
	return true
}
