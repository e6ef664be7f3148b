package lookup

import (
	"context"
	"fmt"

	"tcimport/internal/intel"
)

// sharedLists are the lists whose entries groups have in common.
var sharedLists = []intel.List{intel.ListTags, intel.ListSecurityLabels}

// fullLists reads nested lists of groups page by page. Shared lists are noted, and
// then asked for together.
type fullLists struct {
	f       *finder
	noted   map[intel.List][]*intel.Remote
	matters map[sharedList]matters
}

// sharedList is a shared list of a group.
type sharedList struct {
	list  intel.List
	group int64
}

func (f *finder) fullLists() *fullLists {
	return &fullLists{f, map[intel.List][]*intel.Remote{}, map[sharedList]matters{}}
}

// everything is what matters of a list that lags behind.
func everything(intel.RemoteTag) bool { return true }

// read reads lists of r, or notes them.
func (l *fullLists) read(ctx context.Context, r *intel.Remote, lists intel.List) error {
	for _, list := range sharedLists {
		if lists.Has(list) {
			l.note(list, r, everything)
		}
	}
	if lists.Has(intel.ListAttributes) {
		if err := l.attributes(ctx, r); err != nil {
			return err
		}
	}
	for _, k := range intel.Kinds {
		if !lists.Has(k.List()) {
			continue
		}
		if err := l.links(ctx, r, k); err != nil {
			return err
		}
	}
	return nil
}

// note notes a shared list of r, of which matters says what matters; nil for nothing.
func (l *fullLists) note(list intel.List, r *intel.Remote, matters matters) {
	key := sharedList{list, r.ID}
	if matters == nil || l.matters[key] != nil {
		return
	}
	l.noted[list], l.matters[key] = append(l.noted[list], r), matters
}

// readNoted reads the noted lists completely where something that matters is missing
// from the nested list.
func (l *fullLists) readNoted(ctx context.Context) error {
	for _, list := range sharedLists {
		groups := l.noted[list]
		if len(groups) == 0 {
			continue
		}
		l.f.opt.Expect(1) // at least: which entries there are decides about the rest
		cut, err := l.f.c.Complete(ctx, list, groups, func(r *intel.Remote, entry intel.RemoteTag) bool {
			return l.matters[sharedList{list, r.ID}](entry)
		})
		if err != nil {
			return err
		}
		for _, r := range cut {
			l.f.inv.Paged[r.ID] |= list
		}
		l.f.opt.Log.Info("asked for tags and labels that may be missing in nested lists", "groups", len(groups), "cut", len(cut))
	}
	return nil
}

// attributes reads all attributes of a group: to append one that is there already
// would duplicate it.
func (l *fullLists) attributes(ctx context.Context, r *intel.Remote) error {
	l.f.opt.Expect(1)
	lacked, err := l.f.c.CompleteAttributes(ctx, r)
	if err != nil {
		return fmt.Errorf("reading the attributes of group %d: %w", r.ID, err)
	}
	l.f.opt.Log.Info("read the attributes of a group page by page", "group", r.ID, "entries", len(r.Attributes))
	if lacked {
		l.f.inv.Paged[r.ID] |= intel.ListAttributes
	}
	return nil
}

// links reads one list of associations, once.
func (l *fullLists) links(ctx context.Context, r *intel.Remote, k intel.Kind) error {
	if l.f.inv.Paged[r.ID].Has(k.List()) {
		return nil
	}
	l.f.opt.Expect(1)
	var links []*intel.Remote
	for other, err := range l.f.c.Linked(ctx, r, k) {
		if err != nil {
			return fmt.Errorf("reading the %s of %s %d: %w", k.AssociationField(), r.Kind.Spec().Name, r.ID, err)
		}
		links = append(links, other)
	}
	l.f.opt.Log.Info("read a list of associations page by page", r.Kind.String(), r.ID, "list", k.AssociationField(), "entries", len(links))
	l.f.inv.SetLinked(r, k, links)
	return nil
}
