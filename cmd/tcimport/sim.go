package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tcimport/internal/state"
	"tcimport/internal/tcsim"
)

type simOptions struct {
	listen   string
	file     string
	every    time.Duration
	switches []string
	faults   string
}

func (p *program) newSim() *cobra.Command {
	var o simOptions
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Serve a simulated ThreatConnect, for rehearsals and tests",
		Long: `Serve a simulated ThreatConnect on loopback until interrupted. Its URL and its
demo credentials are printed as environment variables, one a line (with --json as
one document). With -v each
request is a line on stderr.

Switches say how it answers where the documentation leaves that open. The first
value is the default:
` + switchHelp(),
		Example: "  tcimport sim --listen 127.0.0.1:8080\n  tcimport sim --state demo.json --switch existing-xid=upsert",
		Args:    noArguments,
		RunE: p.ends(func(ctx context.Context, _ *cobra.Command, _ []string) (result, error) {
			return nil, p.runSim(ctx, o)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&o.listen, "listen", "127.0.0.1:0", "loopback address and port to listen on; port 0 for a free one")
	f.StringVar(&o.file, "state", "", "file to load the state from, and to save it to at the end")
	f.DurationVar(&o.every, "save-every", 0, "save the state also this often, such as 30s (0: only at the end)")
	f.StringVar(&o.faults, "faults", "", "file that says what goes wrong (docs/simulator.md)")
	f.StringArrayVar(&o.switches, "switch", nil, "set a switch (repeatable)")
	return cmd
}

func switchHelp() string {
	var b strings.Builder
	for _, s := range tcsim.SwitchNames() {
		fmt.Fprintf(&b, "  %s=%s\n      %s\n", s.Name, strings.Join(s.Values, "|"), s.Text)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (p *program) runSim(ctx context.Context, o simOptions) error {
	server, err := o.newServer()
	if err != nil {
		return err
	}
	if p.global.verbose {
		server.OnRequest(func(e tcsim.LogEntry) { fmt.Fprintln(p.stderr, e) })
	}
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return err
	}
	p.signals.enter(serving) // who reads how to reach it may end it at once
	if err := p.sayReached(simDocument{fmt.Sprintf("http://%s/api", l.Addr()), tcsim.DemoAccessID, tcsim.DemoSecretKey, tcsim.DemoToken}); err != nil {
		return err
	}
	serving, stop := context.WithCancel(ctx)
	saved := make(chan struct{})
	go func() { p.saveOften(serving, o, server); close(saved) }()
	err = p.serve(ctx, l, server)
	stop()
	<-saved
	if err := errors.Join(err, o.save(server)); err != nil {
		return err
	}
	// To be interrupted is how serving ends.
	p.signals.code.Store(0)
	return nil
}

// sayReached prints how to reach the instance, before that is served.
func (p *program) sayReached(d simDocument) error {
	shown := fmt.Sprintf("TC_API_PATH=%s\nTC_API_ACCESS_ID=%s\nTC_API_SECRET_KEY=%s\nTC_TOKEN=%s\n", d.Path, d.AccessID, d.SecretKey, d.Token)
	r := textResult{shown, d}
	if p.printed = true; p.global.json {
		return r.json(p.stdout, nil)
	}
	return r.text(p, nil)
}

// newServer makes the instance with its switches and its state.
func (o simOptions) newServer() (*tcsim.Server, error) {
	var cfg tcsim.Config
	for _, s := range o.switches {
		if err := tcsim.ParseSwitch(&cfg.Switches, s); err != nil {
			return nil, fmt.Errorf("--switch %s: %w", s, err)
		}
	}
	host, _, err := net.SplitHostPort(o.listen)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: %w", o.listen, err)
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("--listen %s: a simulated instance listens on loopback only, such as 127.0.0.1:8080", o.listen)
	}
	if o.every < 0 || o.every > 0 && o.file == "" {
		return nil, fmt.Errorf("--save-every %s: give a time that is not negative, and --state FILE", o.every)
	}
	server := tcsim.New(cfg)
	if o.file != "" {
		server.OnSave(func() error { return o.save(server) })
	}
	if err := o.setFaults(server); err != nil {
		return nil, err
	}
	return server, load(server, o.file)
}

func (o simOptions) setFaults(server *tcsim.Server) error {
	if o.faults == "" {
		return nil
	}
	f, err := state.OpenRegular(o.faults)
	if err != nil {
		return err
	}
	defer f.Close()
	rules, err := server.ReadFaultRules(f)
	if err != nil {
		return fmt.Errorf("%s: %w", o.faults, err)
	}
	server.SetFaultRules(rules)
	return nil
}

// save saves the state to the file, if there is one.
func (o simOptions) save(server *tcsim.Server) error {
	if o.file == "" {
		return nil
	}
	return state.WriteFile(o.file, state.Private, func(w io.Writer) error { return server.Save(w) })
}

// saveOften saves the state every so often until ctx ends.
func (p *program) saveOften(ctx context.Context, o simOptions, server *tcsim.Server) {
	if o.every == 0 {
		return
	}
	tick := time.NewTicker(o.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := o.save(server); err != nil {
				p.logger().Warn("the state is not saved", "error", err)
			}
		}
	}
}

// load loads the state of a simulated instance, if there is one.
func load(server *tcsim.Server, file string) error {
	if file == "" {
		return nil
	}
	f, err := state.OpenRegular(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if err := server.Load(f); err != nil {
		return fmt.Errorf("%s: not the state of a simulated instance: %w", file, err)
	}
	return nil
}

// serve serves until ctx ends, then lets requests in flight finish.
func (p *program) serve(ctx context.Context, l net.Listener, h http.Handler) error {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: slog.NewLogLogger(p.logger().Handler(), slog.LevelWarn)}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(l) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return srv.Shutdown(end)
}
