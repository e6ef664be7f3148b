package tcsim

import "time"

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
	BasePath  string // "/api" unless set ("/" for none); endpoints are BasePath + "/v3/..."
	AccessID  string // credentials of the default API user; Demo... unless set
	SecretKey string
	Token     string
	Users     []User  // further API users
	Owners    []Owner // Demo Organization, Demo Community, Demo Source unless set
	Now       func() time.Time
	Switches  Switches
	PublicURL string // scheme and host for webLink and next; default from the request's Host

	// What this instance has beyond the usual.
	IndicatorTypes  []IndicatorType
	AttributeTypes  []AttributeType
	SecurityLabels  []SecurityLabel
	SignatureTypes  []string
	EventTypes      []string
	ExcludedSummary []string // indicators on the system-wide exclusion list
}

// Owner is an Organization, Community or Source. ID 0 means the next free one.
type Owner struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
}

// User is an API user. A user without Access may do everything in every owner.
type User struct {
	ID               int64
	UserName         string
	FirstName        string
	LastName         string
	Pseudonym        string
	AccessID         string
	SecretKey        string
	Token            string
	Organization     string // owner name; Demo Organization unless set
	OrganizationRole string // "Organization Administrator" unless set
	SystemRole       string // "Api User" unless set
	Access           map[string]Access
}

// Access is what a user may do in one owner: the permissions that come with the
// role, less what Perms overrides ("permGroup": "READ").
type Access struct {
	Role  string
	Perms map[string]string
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
	switch c.BasePath {
	case "":
		c.BasePath = "/api"
	case "/":
		c.BasePath = ""
	}
	if c.AccessID == "" {
		c.AccessID = DemoAccessID
	}
	if c.SecretKey == "" {
		c.SecretKey = DemoSecretKey
	}
	if c.Token == "" {
		c.Token = DemoToken
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if len(c.Owners) == 0 {
		c.Owners = []Owner{
			{1, DemoOrganization, "Organization"},
			{2, DemoSource, "Source"},
			{3, DemoCommunity, "Community"},
		}
	}
	return c
}

func (c Config) defaultUser() User {
	org := DemoOrganization
	for _, o := range c.Owners {
		if o.Type == "Organization" {
			org = o.Name
			break
		}
	}
	return User{
		ID: 3, UserName: "11112222333344445555", FirstName: "John", LastName: "Smith", Pseudonym: "jsmithAPI",
		AccessID: c.AccessID, SecretKey: c.SecretKey, Token: c.Token, Organization: org,
	}
}

func (u User) withDefaults(nextID int64) *User {
	if u.ID == 0 {
		u.ID = nextID
	}
	if u.UserName == "" {
		u.UserName = u.AccessID
	}
	if u.Organization == "" {
		u.Organization = DemoOrganization
	}
	if u.OrganizationRole == "" {
		u.OrganizationRole = roleOrgAdmin
	}
	if u.SystemRole == "" {
		u.SystemRole = "Api User"
	}
	return &u
}
