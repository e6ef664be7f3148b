package main

import (
	"cmp"
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
	sum      export.Summary
	losses   []loss
	warnings []export.Warning
	reported map[intel.Kind][]reported // what the report names
	seen     map[object]bool           // of reported
}

// reported is what a report says of a group, or of something that groups are
// associated with. Its rows are made when they are written: they are much larger.
type reported struct {
	id                         int64
	key, typ, name, owner, xid string
	link                       intel.WebLink
}

// object identifies a row of a report.
type object struct {
	kind intel.Kind
	id   int64
}

// loss is what a CSV cannot hold: in how many groups, and where first.
type loss struct {
	what  manifest.Loss
	count int
	first export.Warning
}

// run reads, and writes what comes of it: the manifest as it comes, the rest
// behind it.
func (x *exporting) run(ctx context.Context) error {
	var err, runErr error
	end := func() {}
	if x.o.out != "" || !x.outTTY { // else what is exported shows how far it is
		end = x.progress.Begin("Reading")
	}
	write := func(w io.Writer) error {
		runErr = x.write(ctx, w)
		return runErr
	}
	if x.o.out == "" {
		err = write(x.stdout)
	} else {
		err = state.WriteFile(x.o.out, state.Private, write)
	}
	end()
	if err := cmp.Or(runErr, err); err != nil { // runErr is no error of writing
		return err
	}
	if x.o.associations != "" {
		if err := state.WriteFile(x.o.associations, state.Private, x.csv.WriteAssociations); err != nil {
			return err
		}
	}
	if x.o.report != "" {
		return x.writeReport()
	}
	return nil
}

func (x *exporting) write(ctx context.Context, w io.Writer) (err error) {
	opt := export.Options{
		Owner: x.owner, Namespace: x.meta.Namespace, Filter: x.o.filter, Known: knownByID(x.ids.groups()),
		Reported: x.o.report != "", Cells: x.o.format == "csv", Workers: x.o.conn.workers, Log: x.logger(),
		Instance: x.connection.instance,
		Progress: x.progress.Reading, Warn: x.warning,
	}
	var group func(*export.Exported) error
	var end func() error
	if opt.Cells {
		x.csv = manifest.NewCSV(x.o.associations != "")
		group = x.cells
		end = func() error {
			x.warnOfLosses()
			return x.csv.WriteGroups(w)
		}
	} else {
		y := manifest.NewYAML(w, manifest.Head{
			FirstLine: fmt.Sprintf("%s %s on %s.", exported, x.owner, x.meta.Instance),
			Namespace: x.meta.Namespace, Owner: x.owner,
		})
		group = func(e *export.Exported) error { return y.Group(e.Group, e.Notes...) }
		end = y.Close
	}
	x.sum, err = export.Run(ctx, x.connection.client, opt, func(e *export.Exported) error {
		x.report(e)
		return group(e)
	})
	if err != nil {
		return err
	}
	return end()
}

// cells takes a group for the CSV.
func (x *exporting) cells(e *export.Exported) error {
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
			w.Message += ", here and in " + message.Plural(l.count-1, "more group")
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

// report keeps what the report says of a group and of what is associated with it.
func (x *exporting) report(e *export.Exported) {
	if x.o.report == "" {
		return
	}
	if x.seen == nil {
		x.seen, x.reported = map[object]bool{}, map[intel.Kind][]reported{}
	}
	x.keep(e.Remote, e.Group.Key)
	for _, l := range e.Remote.Links {
		if l.Kind == intel.KindIndicator {
			x.keep(l, l.Type+":"+l.Name)
		} else if l.Kind != intel.KindGroup {
			x.keep(l, intel.IDText(l.ID))
		}
	}
}

// keep keeps what the report says of an object.
func (x *exporting) keep(r *intel.Remote, key string) {
	o := object{r.Kind, r.ID}
	if !x.seen[o] {
		x.seen[o] = true
		x.reported[r.Kind] = append(x.reported[r.Kind], reported{r.ID, key, r.Type, r.Name, r.Owner, r.XID, r.WebLink})
	}
}

// rows are the rows of the report: the exported groups, those that only the id-map
// knows, and what groups are associated with.
func (x *exporting) rows(yield func(*report.Row, error) bool) {
	for _, r := range x.reported[intel.KindGroup] {
		row := x.rowOf(intel.KindGroup, r)
		row.Action = plan.Unchanged
		if old, ok := x.ids.groups()[row.Key]; ok && old.ID == row.ID {
			row.Baseline, row.Rewritten = old.Baseline, old.Rewritten
		}
		if !yield(row, nil) {
			return
		}
	}
	for old, err := range x.ids.rows {
		if err == nil {
			known, ok := x.ids.groups()[old.Key]
			if !ok || old.Kind != report.KindOf(intel.KindGroup) || known.ID != old.ID || x.seen[object{intel.KindGroup, old.ID}] {
				continue
			}
		}
		if !yield(old, err) {
			return
		}
	}
	for _, k := range intel.ObjectKinds {
		for _, r := range x.reported[k] {
			if !yield(x.rowOf(k, r), nil) {
				return
			}
		}
	}
}

// rowOf is the row of something that is pointed at.
func (x *exporting) rowOf(kind intel.Kind, r reported) *report.Row {
	return &report.Row{Kind: report.KindOf(kind), Key: r.key, Type: r.typ, Name: r.name, Owner: r.owner, XID: r.xid, ID: r.id, WebLink: r.link.String(),
		Action: "reference", Status: apply.OK, Source: cmp.Or(x.o.out, "-"), Instance: x.meta.Instance, Namespace: x.meta.Namespace}
}

// writeReport writes the ID mapping.
func (x *exporting) writeReport() error {
	content, err := report.NewReport(x.rows, x.meta)
	if err != nil {
		return err
	}
	if !x.o.reportThisRun && (x.o.idMap == "" || !sameFile(x.o.idMap, x.o.report)) {
		if content.Earlier, err = report.RowsThatStay(content.Rows, replaced(x.o.report, x.meta), nil); err != nil {
			return err
		}
	}
	if err := x.saveReport(x.o.report, &report.Document{Report: content}); err != nil {
		return err
	}
	x.sayKept(x.o.report, content.Earlier.N)
	return nil
}

func (x *exporting) json(w io.Writer, _ *report.Error) error {
	sum := x.sum
	sum.Warnings = len(x.warnings)
	return writeJSON(w, map[string]any{
		"instance": x.meta.Instance, "owner": x.owner, "namespace": x.meta.Namespace,
		"out": x.o.out, "associations": x.o.associations, "report": x.o.report, "requests": x.connection.client.Stats().Requests,
		"summary": sum, "warnings": append([]export.Warning{}, x.warnings...),
	})
}

// text goes to stderr if stdout has the manifest.
func (x *exporting) text(p *program, _ *report.Error) error {
	if p.global.quiet {
		return nil
	}
	w, where := p.stdout, " to "+x.o.out
	if x.o.out == "" {
		w, where = p.stderr, ""
	}
	_, err := fmt.Fprintf(w, "Exported %s of %s%s: %s, %d left out, %s.\n", message.Plural(x.sum.Groups, "group"), message.Quote(x.owner), where,
		message.Plural(x.sum.Associations, "association"), x.sum.LeftOut, message.Plural(x.connection.client.Stats().Requests, "request"))
	return err
}
