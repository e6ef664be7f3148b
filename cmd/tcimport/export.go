package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"tcimport/internal/baseline"
	"tcimport/internal/export"
	"tcimport/internal/message"
	"tcimport/internal/report"
	"tcimport/internal/spelling"
	"tcimport/internal/state"
)

// exportOptions are the options of the command export.
type exportOptions struct {
	conn         connectOptions
	owner        string
	namespace    string
	filter       export.Filter
	keys         []string
	keysFile     string
	idMap        string
	format       string
	out          string
	associations string
	report       string

	reportThisRun bool
}

func (p *program) newExport() *cobra.Command {
	var o exportOptions
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the groups of an owner as a manifest",
		Long: `Read the groups of an owner with their tags, attributes and associations, and write
them as a manifest. A plan of this manifest shows no changes. So an owner that
people maintain by hand can be maintained by manifest from then on. What a manifest
cannot contain is left out and listed on stderr.

A group without an xid whose name is not unique can be found again by its ID only:
write --report, and plan with it as --id-map.`,
		Example: `  tcimport export --owner 'Demo Community' --out community.yaml --report ids.csv
  tcimport plan community.yaml --id-map ids.csv
  tcimport export --type Incident --tag Ransomware --tql 'eventDate > "2026-01-01"'
  tcimport export --out community.csv --associations-out associations.csv`,
		Args: noArguments,
		RunE: p.ends(func(ctx context.Context, cmd *cobra.Command, _ []string) (result, error) {
			if err := errors.Join(o.conn.check(cmd), o.check(p)); err != nil {
				return nil, err
			}
			return p.runExport(ctx, &o)
		}),
	}
	f := cmd.Flags()
	o.conn.addFlags(f)
	f.StringVar(&o.owner, "owner", "", "owner to read (also TC_OWNER; default: the API user's Organization)")
	f.StringVar(&o.namespace, "namespace", "", "namespace of the keys (default: that of --id-map)")
	f.StringArrayVar(&o.filter.Types, "type", nil, "only groups of this type (repeatable: of any of them)")
	f.StringArrayVar(&o.filter.Tags, "tag", nil, "only groups with this tag (repeatable: with all of them)")
	f.StringVar(&o.filter.TQL, "tql", "", "only groups that this query finds")
	f.StringArrayVar(&o.keys, "key", nil, "only the group with this key in --id-map, or #ID (repeatable)")
	f.StringVar(&o.keysFile, "keys", "", "only groups with the keys in this file, one a line (- for standard input)")
	f.StringVar(&o.idMap, "id-map", "", "report of an earlier run: it knows the keys of groups")
	choose(f, &o.format, "format", "format of the manifest (default: from the name of --out, else yaml)", "yaml", "csv")
	f.StringVar(&o.out, "out", "", "file to write (default: stdout)")
	f.StringVar(&o.associations, "associations-out", "", "write the associations to this CSV, not into the lists of the groups")
	f.StringVar(&o.report, "report", "", "write the IDs of the exported groups to this file; .json for JSON")
	addReportThisRun(cmd, &o.reportThisRun)
	return cmd
}

// check refuses what cannot work, and settles the format.
func (o *exportOptions) check(p *program) error {
	if o.out == "-" {
		o.out = ""
	}
	// The name of a file decides how it will be read.
	read := map[string]string{".csv": "csv", ".tsv": "csv", ".yaml": "yaml", ".yml": "yaml"}[strings.ToLower(filepath.Ext(o.out))]
	o.format = cmp.Or(o.format, read, "yaml")
	if read != "" && read != o.format {
		return fmt.Errorf("--out %s would be read as %s: give it a name that ends in .%s, or use --format %s", o.out, strings.ToUpper(read), o.format, read)
	}
	switch {
	case o.associations != "" && o.format != "csv":
		return fmt.Errorf("--associations-out needs --format csv: a YAML manifest has the associations in its groups")
	case o.associations != "" && strings.ToLower(filepath.Ext(o.associations)) != ".csv":
		return fmt.Errorf("--associations-out %s: give it a name that ends in .csv", o.associations)
	case p.global.json && o.out == "":
		return fmt.Errorf("--json needs --out, because stdout holds the JSON document")
	}
	_, err := o.filter.Query()
	return err
}

func (p *program) runExport(ctx context.Context, o *exportOptions) (result, error) {
	x := &exporting{program: p, o: o}
	ids, err := p.openIDMap(o.idMap)
	if err != nil {
		return nil, err
	}
	if x.ids, err = readIDMap(ids, o.idMap); err != nil {
		return nil, err
	}
	if x.connection, err = p.connect(&o.conn, false); err != nil {
		return nil, err
	}
	x.meta = report.Meta{Instance: x.connection.name(), Namespace: strings.TrimSpace(o.namespace)}
	if x.meta.Namespace == "" && x.ids != nil {
		x.meta.Namespace = x.ids.meta.Namespace
	}
	if err := x.ids.check(x.meta.Instance, x.meta.Namespace); err != nil {
		return nil, err
	}
	if err := x.selectKeys(); err != nil {
		return nil, err
	}
	if err := x.prove(); err != nil {
		return nil, err
	}
	if x.owner, err = x.connection.owner(ctx, p.defaultOwner(o.owner)); err != nil {
		return nil, err
	}
	if err := x.run(ctx); err != nil {
		return nil, err
	}
	return x, nil
}

// selectKeys turns keys into the IDs of their groups.
func (x *exporting) selectKeys() error {
	wanted := slices.Clone(x.o.keys)
	if x.o.keysFile != "" {
		more, err := x.readKeys()
		if err != nil {
			return fmt.Errorf("--keys: %w", err)
		}
		wanted = append(wanted, more...)
	}
	if len(wanted) == 0 {
		return nil
	}
	known := x.ids.groups()
	for _, key := range wanted {
		if digits, ok := strings.CutPrefix(key, "#"); ok {
			if id, err := strconv.ParseInt(digits, 10, 64); err == nil && id > 0 {
				x.o.filter.IDs = append(x.o.filter.IDs, id)
				continue
			}
		}
		row := known[key]
		switch {
		case row.ID != 0:
			x.o.filter.IDs = append(x.o.filter.IDs, row.ID)
		case len(known) == 0:
			return fmt.Errorf("the key %s is not known: give --id-map, the report of an earlier run, or give the group as #ID", message.Quote(key))
		default:
			return fmt.Errorf("%s has no group with the key %s%s", x.o.idMap, message.Quote(key), message.DidYouMean(spelling.Nearest(key, slices.Sorted(maps.Keys(known)))))
		}
	}
	return nil
}

// maxKeys is how much is read of a file with keys.
const maxKeys = 64 << 20

// readKeys reads keys, one a line. A file without any selects nothing, which is
// a mistake.
func (x *exporting) readKeys() ([]string, error) {
	var text []byte
	var err error
	if x.o.keysFile == "-" {
		text, err = state.ReadAll(x.stdin, "<stdin>", maxKeys)
	} else {
		text, err = state.ReadRegular(x.o.keysFile, maxKeys)
	}
	if err != nil {
		return nil, err
	}
	var keys []string
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		if key := strings.TrimSpace(line); key != "" {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("%s contains no keys: write one on each line", x.o.keysFile)
	}
	return keys, nil
}

// prove shows, before anything is read, that what comes of it can be written.
func (x *exporting) prove() error {
	if x.o.report != "" {
		for _, err := range replaced(x.o.report, x.meta) {
			if err != nil {
				return err
			}
		}
	}
	return prove(x.o.report, x.o.out, x.o.associations)
}

// knownByID are the groups of the id-map by their IDs. Of two keys of one group the
// first in order names it.
func knownByID(ids baseline.IDMap) map[int64]export.Known {
	out := make(map[int64]export.Known, len(ids))
	for _, key := range slices.Sorted(maps.Keys(ids)) {
		row := ids[key]
		if _, ok := out[row.ID]; !ok {
			out[row.ID] = export.Known{Key: key, Type: row.Type, Owner: row.Owner}
		}
	}
	return out
}
