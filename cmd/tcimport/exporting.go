package main

import (
	"context"
	"fmt"
	"io"

	"tcimport/internal/apply"
	"tcimport/internal/export"
	"tcimport/internal/intel"
	"tcimport/internal/manifest"
	"tcimport/internal/message"
	"tcimport/internal/plan"
	"tcimport/internal/report"
	"tcimport/internal/state"
)

// exported is how a manifest begins that export wrote.
const exported = "Exported by tcimport: groups of"

// exporting is one run of export.
type exporting struct {
	*program
	o          *exportOptions
	ids        *idMap
	connection *connection
	owner      string
	meta       report.Meta

	csv      *manifest.CSV // nil for YAML
	losses   []loss
	warnings []export.Warning
	groups   []report.Row
	objects  map[intel.Kind][]report.Row
	seen     map[object]bool // of objects
}

// object identifies a row of a report.
type object struct {
	kind intel.Kind
	id   int64
}

// loss is what a CSV cannot hold: how often that was to be said, and where first.
type loss struct {
	what  manifest.Loss
	count int
	first export.Warning
}

// run reads, and writes what comes of it: the manifest as it comes, the rest
// behind it.
func (x *exporting) run(ctx context.Context) (export.Summary, error) {
	var sum export.Summary
	var runErr error
	end := func() {}
	if x.o.out != "" || !x.outTTY { // else what is exported shows how far it is
		end = x.progress.Begin("Reading")
	}
	write := func(w io.Writer) error {
		sum, runErr = x.write(ctx, w)
		return runErr
	}
	var err error
	if x.o.out == "" {
		err = write(x.stdout)
	} else {
		err = state.WriteFile(x.o.out, state.Private, write)
	}
	end()
	switch {
	case runErr != nil:
		return sum, runErr // not an error of writing
	case err != nil:
		return sum, err
	}
	if x.o.associations != "" {
		if err := state.WriteFile(x.o.associations, state.Private, x.csv.WriteAssociations); err != nil {
			return sum, err
		}
	}
	if x.o.report != "" {
		if err := x.writeReport(); err != nil {
			return sum, err
		}
	}
	return sum, nil
}

func (x *exporting) write(ctx context.Context, w io.Writer) (export.Summary, error) {
	opt := export.Options{
		Owner: x.owner, Namespace: x.meta.Namespace, Filter: x.o.filter, Known: knownByID(x.ids.groups()),
		Reported: x.o.report != "", Cells: x.o.format == "csv", Workers: x.o.conn.workers, Log: x.logger(),
		Instance: x.connection.instance,
		Progress: x.progress.Reading, Warn: x.warning,
	}
	if opt.Cells {
		x.csv = manifest.NewCSV(x.o.associations != "")
		sum, err := export.Run(ctx, x.connection.client, opt, x.cells)
		if err != nil {
			return sum, err
		}
		x.warnOfLosses()
		return sum, x.csv.WriteGroups(w)
	}
	y := manifest.NewYAML(w, manifest.Head{
		FirstLine: fmt.Sprintf("%s %s on %s.", exported, x.owner, x.meta.Instance),
		Namespace: x.meta.Namespace, Owner: x.owner,
	})
	sum, err := export.Run(ctx, x.connection.client, opt, func(e *export.Exported) error {
		x.row(e)
		return y.Group(e.Group, e.Notes...)
	})
	if err != nil {
		return sum, err
	}
	return sum, y.Close()
}

// cells takes a group for the CSV.
func (x *exporting) cells(e *export.Exported) error {
	x.row(e)
	for _, what := range x.csv.Group(e.Group, e.IDs) {
		x.lose(what, e)
	}
	return nil
}

func (x *exporting) lose(what manifest.Loss, e *export.Exported) {
	for i := range x.losses {
		if x.losses[i].what == what {
			x.losses[i].count++
			return
		}
	}
	x.losses = append(x.losses, loss{what, 1, export.Warning{ID: e.Remote.ID, Type: e.Remote.Type, Name: e.Remote.Name}})
}

// warnOfLosses warns once of each kind of thing that a CSV cannot contain.
func (x *exporting) warnOfLosses() {
	for _, l := range x.losses {
		w := l.first
		w.Message = fmt.Sprintf("left out, because a CSV cannot contain it: %s", l.what)
		if l.count > 1 {
			w.Message += fmt.Sprintf(", here and in %d more groups", l.count-1)
		}
		x.warning(w)
	}
	if ns := x.meta.Namespace; ns != "" {
		x.warning(export.Warning{Message: fmt.Sprintf("a CSV cannot contain its namespace: plan it with --namespace %s", message.Quote(ns))})
	}
}

func (x *exporting) warning(w export.Warning) {
	if x.global.json {
		x.warnings = append(x.warnings, w)
	}
	if !x.global.quiet {
		x.line(fmt.Sprint(w))
	}
}

// row keeps what the report says of a group and of what is associated with it.
func (x *exporting) row(e *export.Exported) {
	if x.o.report == "" {
		return
	}
	r := e.Remote
	row := x.rowOf(r)
	row.Key, row.Action = e.Group.Key, plan.Unchanged
	if old, ok := x.ids.groups()[row.Key]; ok && old.ID == row.ID {
		row.Baseline, row.Rewritten = old.Baseline, old.Rewritten
	}
	x.groups = append(x.groups, row)
	if x.seen == nil {
		x.seen, x.objects = map[object]bool{}, map[intel.Kind][]report.Row{}
	}
	x.seen[object{intel.KindGroup, r.ID}] = true
	for i := range r.Links {
		l := &r.Links[i]
		if o := (object{l.Kind, l.ID}); l.Kind != intel.KindGroup && !x.seen[o] {
			x.seen[o] = true
			x.objects[l.Kind] = append(x.objects[l.Kind], x.rowOf(l))
		}
	}
}

// rowOf is the row of something that is pointed at.
func (x *exporting) rowOf(r *intel.Remote) report.Row {
	key := "#" + fmt.Sprint(r.ID)
	if r.Kind == intel.KindIndicator {
		key = r.Type + ":" + r.Name
	}
	source := x.o.out
	if source == "" {
		source = "-"
	}
	return report.Row{Kind: r.Kind, Key: key, Type: r.Type, Name: r.Name, Owner: r.Owner, XID: r.XID, ID: r.ID, WebLink: r.WebLink,
		Action: "reference", Status: apply.OK, Source: source, Instance: x.meta.Instance, Namespace: x.meta.Namespace}
}

// writeReport writes the ID mapping. What the id-map knows of groups that were
// not exported is carried on.
func (x *exporting) writeReport() error {
	rows := x.groups
	err := x.ids.rows(func(old *report.Row) error {
		if known, ok := x.ids.groups()[old.Key]; ok && old.Kind == intel.KindGroup && known.ID == old.ID && !x.seen[object{old.Kind, old.ID}] {
			rows = append(rows, *old)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, k := range intel.Kinds {
		rows = append(rows, x.objects[k]...)
	}
	content := report.NewReport(rows, x.meta)
	if !x.o.reportThisRun && (x.o.idMap == "" || !sameFile(x.o.idMap, x.o.report)) {
		if content.Earlier, err = report.RowsThatStay(content.Rows, replaced(x.o.report, x.meta), nil); err != nil {
			return err
		}
	}
	if err := writeReport(x.o.report, &report.Document{Report: content}); err != nil {
		return err
	}
	x.sayEarlier(x.o.report, content.Earlier.N)
	return nil
}

// exportResult is what was exported.
type exportResult struct {
	*exporting
	sum      export.Summary
	requests int
}

func (r exportResult) json(w io.Writer, _ *report.Error) error {
	sum := r.sum
	sum.Warnings = len(r.warnings)
	return writeJSON(w, map[string]any{
		"instance": r.meta.Instance, "owner": r.owner, "namespace": r.meta.Namespace,
		"out": r.o.out, "associations": r.o.associations, "report": r.o.report, "requests": r.requests,
		"summary": sum, "warnings": append([]export.Warning{}, r.warnings...),
	})
}

// text goes to stderr if stdout has the manifest.
func (r exportResult) text(p *program, _ *report.Error) error {
	if p.global.quiet {
		return nil
	}
	w, where := p.stdout, " to "+r.o.out
	if r.o.out == "" {
		w, where = p.stderr, ""
	}
	_, err := fmt.Fprintf(w, "Exported %s of %s%s: %s, %d left out, %s.\n", message.Plural(r.sum.Groups, "group"), message.Quote(r.owner), where,
		message.Plural(r.sum.Associations, "association"), r.sum.LeftOut, message.Plural(r.requests, "request"))
	return err
}
