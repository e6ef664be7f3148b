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

func (p *program) newSim() *cobra.Command {
	var listen, file string
	var switches []string
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Serve a simulated ThreatConnect, for rehearsals and tests",
		Long: `Serve a simulated ThreatConnect on loopback until interrupted. Its URL and its
demo credentials are printed as environment variables, one a line.

Switches say how it answers where the documentation leaves that open. The first
value is the default:
` + switchHelp(),
		Example: "  tcimport sim --listen 127.0.0.1:8080\n  tcimport sim --state demo.json --switch existing-xid=upsert",
		Args:    noArguments,
		RunE: ends(func(ctx context.Context, _ *cobra.Command, _ []string) (result, error) {
			return nil, p.runSim(ctx, listen, file, switches)
		}),
	}
	f := cmd.Flags()
	f.StringVar(&listen, "listen", "127.0.0.1:0", "loopback address and port to listen on; port 0 for a free one")
	f.StringVar(&file, "state", "", "file to load the state from, and to save it to at the end")
	f.StringArrayVar(&switches, "switch", nil, "set a switch (repeatable)")
	return cmd
}

func switchHelp() string {
	var b strings.Builder
	for _, s := range tcsim.SwitchNames() {
		fmt.Fprintf(&b, "  %s=%s\n      %s\n", s.Name, strings.Join(s.Values, "|"), s.Text)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (p *program) runSim(ctx context.Context, listen, file string, switches []string) error {
	var cfg tcsim.Config
	for _, s := range switches {
		if err := tcsim.ParseSwitch(&cfg.Switches, s); err != nil {
			return fmt.Errorf("--switch %s: %w", s, err)
		}
	}
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return fmt.Errorf("--listen %s: %w", listen, err)
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return fmt.Errorf("--listen %s: a simulated instance listens on loopback only, such as 127.0.0.1:8080", listen)
	}
	server := tcsim.New(cfg)
	if file != "" {
		if err := load(server, file); err != nil {
			return err
		}
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "TC_API_PATH=http://%s/api\nTC_API_ACCESS_ID=%s\nTC_API_SECRET_KEY=%s\nTC_TOKEN=%s\n",
		l.Addr(), tcsim.DemoAccessID, tcsim.DemoSecretKey, tcsim.DemoToken)
	if err != nil {
		return err
	}
	p.signals.enter(serving)
	if err := p.serve(ctx, l, server); err != nil {
		return err
	}
	if file != "" {
		if err := state.WriteFile(file, state.Private, func(w io.Writer) error { return server.Save(w) }); err != nil {
			return err
		}
	}
	// To be interrupted is how serving ends.
	p.signals.code.Store(0)
	return nil
}

// load loads the state of a simulated instance, if there is one.
func load(server *tcsim.Server, file string) error {
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
