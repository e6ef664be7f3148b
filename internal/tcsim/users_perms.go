package tcsim

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
)

const roleOrgAdmin = "Organization Administrator"

// permKeys are the permissions of an owner in the order of the sample in
// rest_api/v3/owners/retrieve.rst.
var permKeys = []string{
	"permIndicator", "permGroup", "permPost", "permVictim", "permAttribute", "permApps", "permUsers",
	"permSecurityLabel", "permTag", "permAttributeType", "permSettings", "permMembers", "permCopyData",
	"permInvite", "permTask", "permCaseTag", "permArtifact", "permComment", "permTimeline",
	"permWorkflowTemplate", "permPublish", "permPlaybooksExecute", "permPlaybooks",
}

var (
	intelPerms = []string{"permIndicator", "permGroup", "permVictim", "permAttribute", "permTag", "permSecurityLabel", "permPost"}
	casePerms  = []string{"permTask", "permCaseTag", "permArtifact", "permComment", "permTimeline"}
)

// role is what its members may do.
type role struct {
	intel, cases, rest string            // on intelPerms, casePerms, the others
	but                map[string]string // the exceptions
}

// roles: which may write groups is documented (groups/event_status.rst), and what
// the Director of a sample lacks; the rest is assumed.
var roles = func() map[string]role {
	none := func(keys ...string) map[string]string {
		m := map[string]string{}
		for _, k := range keys {
			m[k] = "NONE"
		}
		return m
	}
	writer, reader := role{"FULL", "READ", "NONE", nil}, role{"READ", "NONE", "NONE", nil}
	return map[string]role{
		roleOrgAdmin:    {"FULL", "FULL", "FULL", none("permPublish", "permInvite")},
		"Director":      {"FULL", "NONE", "FULL", none("permApps", "permWorkflowTemplate", "permPlaybooksExecute", "permPlaybooks")},
		"Editor":        {"FULL", "NONE", "NONE", nil},
		"Contributor":   {"CREATE", "NONE", "NONE", map[string]string{"permTag": "FULL"}},
		"Standard User": writer, "Sharing User": writer, "App Developer": writer,
		"User": reader, "Commenter": reader, "Subscriber": reader, "Read Only User": reader, "Read Only Commenter": reader,
	}
}()

func rolePerm(name, key string) string {
	r := roles[name]
	level := r.rest
	switch {
	case slices.Contains(intelPerms, key):
		level = r.intel
	case slices.Contains(casePerms, key):
		level = r.cases
	}
	return cmp.Or(r.but[key], level, "NONE")
}

// checkUsers refuses roles, owners and permissions that do not exist.
func (st *state) checkUsers() {
	known := slices.Sorted(maps.Keys(roles))
	owners := slices.Sorted(maps.Keys(st.byOwner))
	for _, u := range st.users {
		check := func(what, value string, known []string) {
			if !slices.Contains(known, value) {
				panic(badRequest("user %q: %s %q does not exist; known: %s", u.UserName, what, value, strings.Join(known, ", ")))
			}
		}
		check("the role", u.OrganizationRole, known)
		for owner, a := range u.Access {
			check("the owner", owner, owners)
			check("the role", cmp.Or(a.Role, u.OrganizationRole), known)
			for perm, level := range a.Perms {
				check("the permission", perm, permKeys)
				check("the level", strings.ToUpper(level), []string{"NONE", "READ", "CREATE", "FULL"})
			}
		}
	}
}

// roleIn returns the user's role in an owner; "" means not a member.
func (u *User) roleIn(o *Owner) string {
	a, listed := u.Access[o.Name]
	switch {
	case a.Role != "":
		return a.Role
	case o.Name == u.Organization:
		return u.OrganizationRole
	case u.Access != nil && !listed:
		return ""
	case o.Type != "Organization":
		return "Director"
	case u.Access == nil:
		return "" // other Organizations are closed
	}
	return "Read Only User"
}

func (u *User) perm(o *Owner, key string) string {
	if o == nil {
		return "READ"
	}
	if p := u.Access[o.Name].Perms[key]; p != "" {
		return strings.ToUpper(p)
	}
	return rolePerm(u.roleIn(o), key)
}

// canRead says whether the user sees objects of a kind in the owner.
func (c *call) canRead(o *Owner, perm string) bool {
	if o == nil || perm == "" {
		return true
	}
	return c.user.roleIn(o) != "" && c.user.perm(o, perm) != "NONE"
}

// mayWrite says whether the user may create (or change, or delete) there.
// CREATE allows making objects and changing one's own; FULL allows all.
func (c *call) mayWrite(o *Owner, perm string, existing *object, remove bool) {
	if c.sw.ReadOnlyAfter > 0 && c.asked > c.sw.ReadOnlyAfter {
		panic(noPermission(o))
	}
	if existing != nil && existing.kind == kGroup && existing.id <= c.sw.ArchivedGroups {
		panic(badRequest("The item with the ID %d is archived.", existing.id))
	}
	if perm == "permArtifact" { // case objects need this role
		if c.user.OrganizationRole != roleOrgAdmin {
			panic(statusError(statusOf(c.sw.CaseRole, http.StatusUnauthorized), "The user does not have the Organization role that this operation needs."))
		}
		return
	}
	level := "NONE"
	if o != nil {
		level = c.user.perm(o, perm)
	}
	own := existing == nil || !remove && existing.by == c.user
	if level != "FULL" && !(level == "CREATE" && own) {
		panic(noPermission(o))
	}
}

func noPermission(o *Owner) *apiError {
	return statusError(http.StatusUnauthorized, "You do not have permission to perform this operation in the owner '%s'.", ownerName(o))
}

// sight remembers for one request what the user may see.
type sight struct {
	owner   *Owner
	kind    kind
	visible bool
}

// visible says whether the user may see an object at all.
func (c *call) visible(o *object) bool {
	if o.kind == kOwner {
		return c.user.roleIn(o.owner) != ""
	}
	if o.owner == nil {
		return true
	}
	for _, s := range c.seen {
		if s.owner == o.owner && s.kind == o.kind {
			return s.visible
		}
	}
	s := sight{o.owner, o.kind, c.canRead(o.owner, kinds[o.kind].perm)}
	c.seen = append(c.seen, s)
	return s.visible
}
