package tcsim

import (
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

// noneForDirector are the permissions that the Director of the sample lacks.
var noneForDirector = []string{
	"permApps", "permTask", "permCaseTag", "permArtifact", "permComment", "permTimeline",
	"permWorkflowTemplate", "permPlaybooksExecute", "permPlaybooks",
}

var intelPerms = []string{"permIndicator", "permGroup", "permVictim", "permAttribute", "permTag", "permSecurityLabel", "permPost"}

var casePerms = []string{"permTask", "permCaseTag", "permArtifact", "permComment", "permTimeline"}

// rolePerm says what a role may do. Which role may write groups is documented
// (groups/event_status.rst); the levels of the rest are assumed.
func rolePerm(role, key string) string {
	intel := slices.Contains(intelPerms, key)
	switch role {
	case roleOrgAdmin:
		if key == "permPublish" || key == "permInvite" {
			return "NONE"
		}
		return "FULL"
	case "Director":
		if slices.Contains(noneForDirector, key) {
			return "NONE"
		}
		return "FULL"
	case "Editor", "Standard User", "Sharing User", "App Developer":
		if intel {
			return "FULL"
		}
		if role != "Editor" && slices.Contains(casePerms, key) {
			return "READ"
		}
	case "Contributor":
		if key == "permTag" {
			return "FULL"
		}
		if intel {
			return "CREATE"
		}
	case "User", "Commenter", "Subscriber", "Read Only User", "Read Only Commenter":
		if intel {
			return "READ"
		}
	}
	return "NONE"
}

// roleIn returns the user's role in an owner; "" means not a member.
func (u *User) roleIn(o *Owner) string {
	if a, ok := u.Access[o.Name]; ok && a.Role != "" {
		return a.Role
	}
	if o.Name == u.Organization {
		return u.OrganizationRole
	}
	if u.Access != nil {
		if _, ok := u.Access[o.Name]; !ok {
			return ""
		}
	}
	if o.Type == "Organization" {
		if u.Access == nil {
			return "" // other Organizations are closed
		}
		return "Read Only User"
	}
	return "Director"
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
func (c *call) mayWrite(o *Owner, perm string, existing *object, remove bool) *apiError {
	if c.sw.ReadOnlyAfter > 0 && c.asked > c.sw.ReadOnlyAfter {
		return noPermission(o)
	}
	if existing != nil && existing.kind == kGroup && existing.id <= c.sw.ArchivedGroups {
		return badRequest("The item with the ID %d is archived.", existing.id)
	}
	if isCaseKind(perm) {
		return c.mayWriteCases()
	}
	level := "NONE"
	if o != nil {
		level = c.user.perm(o, perm)
	}
	switch {
	case level == "FULL":
		return nil
	case level == "CREATE" && existing == nil:
		return nil
	case level == "CREATE" && !remove && existing.by == c.user:
		return nil
	}
	return noPermission(o)
}

func noPermission(o *Owner) *apiError {
	return statusError(http.StatusUnauthorized, "You do not have permission to perform this operation in the owner '%s'.", ownerName(o))
}

func isCaseKind(perm string) bool { return perm == "permArtifact" || perm == "permTask" }

// mayWriteCases: case objects need the Organization Administrator role.
func (c *call) mayWriteCases() *apiError {
	if c.user.OrganizationRole == roleOrgAdmin {
		return nil
	}
	status := http.StatusUnauthorized
	if c.sw.CaseRole == "403" {
		status = http.StatusForbidden
	}
	return statusError(status, "The user does not have the Organization role that this operation needs.")
}

// permOf is the owner permission that guards objects of a kind.
func permOf(k kind) string {
	switch k {
	case kGroup:
		return "permGroup"
	case kIndicator:
		return "permIndicator"
	case kVictim, kVictimAsset:
		return "permVictim"
	case kCase, kArtifact, kCaseAttribute:
		return "permArtifact"
	case kTag:
		return "permTag"
	case kGroupAttribute, kIndicatorAttribute:
		return "permAttribute"
	}
	return ""
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
	s := sight{o.owner, o.kind, c.canRead(o.owner, permOf(o.kind))}
	c.seen = append(c.seen, s)
	return s.visible
}
