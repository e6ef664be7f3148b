package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
)

// instance is a child that answers requests: a simulated instance, or a recorder in
// front of one.
type instance struct {
	url  string   // without /api
	env  []string // what a client of it needs
	stop func()
}

// serve starts a child that prints the environment of its clients, TC_TOKEN last.
func (b *bench) serve(ctx context.Context, env []string, program string, args ...string) (*instance, error) {
	ctx, cancel := context.WithCancel(ctx)
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env, cmd.Stderr = b.dir, env, b.progress
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		cancel()
		return nil, err
	}
	in := &instance{stop: func() { cancel(); cmd.Wait() }}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), "=")
		switch name {
		case "TC_API_PATH":
			in.url = strings.TrimSuffix(value, "/api")
		case "TC_TOKEN": // requests are signed
			in.env = b.environment(in.env...)
			return in, nil
		}
		in.env = append(in.env, lines.Text())
	}
	in.stop()
	return nil, fmt.Errorf("%s %s ended early", program, strings.Join(args, " "))
}

// ask asks the simulator for something that no real instance has.
func (in *instance) ask(ctx context.Context, method, path, body string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, in.url+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s %s", path, resp.Status, text)
	}
	return text, err
}

// empty makes the instance as new.
func (in *instance) empty(ctx context.Context) error {
	_, err := in.ask(ctx, http.MethodPost, "/_sim/reset", "")
	return err
}

// requests are how many requests the instance has answered.
type requests struct{ Reads, Writes int }

// counted runs f, and says how many requests it took.
func (in *instance) counted(ctx context.Context, f func() error) (n requests, err error) {
	if _, err := in.ask(ctx, http.MethodPost, "/_sim/stats/reset", ""); err != nil {
		return n, err
	}
	if err := f(); err != nil {
		return n, err
	}
	text, err := in.ask(ctx, http.MethodGet, "/_sim/stats", "")
	if err != nil {
		return n, err
	}
	return n, json.Unmarshal(text, &n)
}
