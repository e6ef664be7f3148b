package tcsim

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Demo credentials of the default API user. They are public on purpose: they
// open nothing but a simulated instance.
const (
	DemoAccessID  = "11112222333344445555"
	DemoSecretKey = "demo.secret%key+for/the=simulated-instance"
	DemoToken     = "APIV2:3:demo00:1893456000000:c2ltdWxhdGVkIFRocmVhdENvbm5lY3Q="
)

// Owners of a fresh instance.
const (
	DemoOrganization = "Demo Organization"
	DemoCommunity    = "Demo Community"
	DemoSource       = "Demo Source"
)

// Config says what instance to simulate. The zero Config is a good one.
type Config struct {
	BasePath  string           `json:"-"` // "/api" unless set ("/" for none); endpoints are BasePath + "/v3/..."
	AccessID  string           `json:"-"` // credentials of the default API user; Demo... unless set
	SecretKey string           `json:"-"`
	Token     string           `json:"-"`
	Owners    []Owner          `json:"-"` // Demo Organization, Demo Community, Demo Source unless set
	Now       func() time.Time `json:"-"`
	Switches  Switches         `json:"-"`
	PublicURL string           `json:"-"` // scheme and host for webLink and next; default from the request's Host

	// What this instance has beyond the usual; a part of the state file.
	Users           []User          `json:"users,omitempty"` // further API users, and what differs of the default one
	IndicatorTypes  []IndicatorType `json:"indicatorTypes,omitempty"`
	AttributeTypes  []AttributeType `json:"attributeTypes,omitempty"`
	SecurityLabels  []SecurityLabel `json:"securityLabels,omitempty"`
	SignatureTypes  []string        `json:"signatureTypes,omitempty"`
	EventTypes      []string        `json:"eventTypes,omitempty"`
	ExcludedSummary []string        `json:"excludedSummaries,omitempty"` // indicators on the system-wide exclusion list
}

// Owner is an Organization, Community or Source. ID 0 means the next free one.
type Owner struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

// User is an API user. A user without Access may do everything in every owner.
// One with the userName of the default user changes that one.
type User struct {
	ID               int64             `json:"id,omitempty"`
	UserName         string            `json:"userName,omitempty"`
	FirstName        string            `json:"firstName,omitempty"`
	LastName         string            `json:"lastName,omitempty"`
	Pseudonym        string            `json:"pseudonym,omitempty"`
	AccessID         string            `json:"accessId,omitempty"`
	SecretKey        string            `json:"secretKey,omitempty"`
	Token            string            `json:"token,omitempty"`
	Organization     string            `json:"organization,omitempty"`     // owner name; Demo Organization unless set
	OrganizationRole string            `json:"organizationRole,omitempty"` // "Organization Administrator" unless set
	SystemRole       string            `json:"systemRole,omitempty"`       // "Api User" unless set
	Access           map[string]Access `json:"access,omitempty"`           // by owner name
}

// Access is what a user may do in one owner: the permissions that come with the
// role, less what Perms overrides ("permGroup": "READ").
type Access struct {
	Role  string            `json:"role,omitempty"`
	Perms map[string]string `json:"perms,omitempty"`
}

// IndicatorType is a custom indicator type: one to three labelled values.
type IndicatorType struct {
	Name           string   `json:"name"`
	APIBranch      string   `json:"apiBranch"`
	APIEntity      string   `json:"apiEntity"`
	Labels         []string `json:"labels"` // "AS Number"; the JSON keys of the values
	CasePreference string   `json:"casePreference,omitempty"`
}

// AttributeType is an attribute type of the instance.
type AttributeType struct {
	ID            int64    `json:"id"`
	Name          string   `json:"name"`
	Description   string   `json:"description,omitempty"`
	MaxSize       int      `json:"maxSize"`
	AllowMarkdown bool     `json:"allowMarkdown"`
	ErrorMessage  string   `json:"errorMessage,omitempty"`
	System        bool     `json:"system,omitempty"`
	MaxAllowed    int      `json:"maxAllowed,omitempty"` // how many one object may have; 0 = any number
	AppliesTo     []string `json:"appliesTo,omitempty"`  // group and indicator types, "Case"; empty = all
	Rule          *Rule    `json:"validationRule,omitempty"`
}

// Rule is the validation rule of an attribute type: SelectOne, SelectRadio,
// SelectMany ("a;b;c;"), Integer ("min:max"), Regex, or Date.
type Rule struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Text string `json:"text"`
}

// SecurityLabel is a label of the System or, with Owner set, of one owner.
type SecurityLabel struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Color       string `json:"color,omitempty"`
	Owner       string `json:"owner,omitempty"`
}

func (c Config) withDefaults() Config {
	c.BasePath = strings.TrimSuffix(cmp.Or(c.BasePath, "/api"), "/")
	c.AccessID = cmp.Or(c.AccessID, DemoAccessID)
	c.SecretKey = cmp.Or(c.SecretKey, DemoSecretKey)
	c.Token = cmp.Or(c.Token, DemoToken)
	if c.Now == nil {
		c.Now = time.Now
	}
	if len(c.Owners) == 0 {
		c.Owners = []Owner{{1, DemoOrganization, "Organization"}, {2, DemoSource, "Source"}, {3, DemoCommunity, "Community"}}
	}
	return c
}

// demoUserName is the name of the default API user.
const demoUserName = "11112222333344445555"

// users are the default user and the further ones.
func (c Config) users() []*User {
	org := DemoOrganization
	if i := slices.IndexFunc(c.Owners, func(o Owner) bool { return o.Type == "Organization" }); i >= 0 {
		org = c.Owners[i].Name
	}
	first := User{UserName: demoUserName}
	var users []*User
	for _, u := range c.Users {
		if u.UserName == demoUserName {
			first = u
			continue
		}
		users = append(users, u.withDefaults(int64(len(users)+11), "", DemoOrganization))
	}
	first.AccessID, first.SecretKey, first.Token = cmp.Or(first.AccessID, c.AccessID), cmp.Or(first.SecretKey, c.SecretKey), cmp.Or(first.Token, c.Token)
	first.FirstName, first.LastName = cmp.Or(first.FirstName, "John"), cmp.Or(first.LastName, "Smith")
	return slices.Insert(users, 0, first.withDefaults(3, "jsmithAPI", org))
}

func (u User) withDefaults(id int64, pseudonym, organization string) *User {
	u.ID = cmp.Or(u.ID, id)
	u.UserName = cmp.Or(u.UserName, u.AccessID)
	u.Pseudonym = cmp.Or(u.Pseudonym, pseudonym)
	u.Organization = cmp.Or(u.Organization, organization)
	u.OrganizationRole = cmp.Or(u.OrganizationRole, roleOrgAdmin)
	u.SystemRole = cmp.Or(u.SystemRole, "Api User")
	return &u
}
