package tcsim

import (
	"net/http"
	"slices"
	"strings"
)

// jobSettings are what creates a job.
type jobSettings struct {
	owner                                              *Owner
	action, attributes, tags, labels, merge, collision string
	halt                                               bool
}

// jobKeys are the settings, with their values; the first one is the default of a
// setting that may be left out.
var jobKeys = []struct {
	key      string
	required bool
	values   []string
}{
	{"owner", true, nil},
	{"version", true, []string{"V2"}},
	{"haltOnError", true, []string{"true", "false"}},
	{"action", true, []string{"Create", "Delete"}},
	{"attributeWriteType", true, []string{"Append", "Replace", "Singleton", "Static"}},
	{"tagWriteType", false, []string{"Replace", "Append"}},
	{"securityLabelWriteType", false, []string{"Replace", "Append"}},
	{"fileMergeMode", false, []string{"Merge", "Distribute"}},
	{"hashCollisionMode", false, []string{"FavorIncoming", "FavorExisting", "IgnoreExisting", "IgnoreIncoming", "Split"}},
	{"playbookTriggersEnabled", false, []string{"false", "true"}},
}

// readSettings checks the settings of a job. Booleans come as JSON booleans, or
// as the texts that TcEx sends.
func (c *call) readSettings(body dict) jobSettings {
	got := map[string]string{}
	for _, k := range jobKeys {
		value, ok := body.get(k.key).(string)
		if b, isBool := body.get(k.key).(bool); isBool && slices.Contains(k.values, "true") {
			value, ok = "false", true
			if b {
				value = "true"
			}
		}
		switch {
		case !body.has(k.key) && k.required:
			panic(badRequest("The field '%s' is required.", k.key))
		case !body.has(k.key):
			value = k.values[0]
		case !ok || k.values != nil && !slices.Contains(k.values, value):
			panic(badRequest("The value of the field '%s' is not valid. Valid values: %s.", k.key, strings.Join(k.values, ", ")))
		}
		got[k.key] = value
	}
	for _, m := range body {
		if _, known := got[m.key]; !known && c.strict {
			panic(badRequest("The field '%s' is not valid.", m.key))
		}
	}
	return jobSettings{owner: c.ownerNamed(got["owner"]), action: got["action"], halt: got["haltOnError"] == "true",
		attributes: got["attributeWriteType"], tags: got["tagWriteType"], labels: got["securityLabelWriteType"],
		merge: got["fileMergeMode"], collision: got["hashCollisionMode"]}
}

// jobPerms are what a job may need, as the refusal words it.
var jobPerms = []struct{ perm, name string }{
	{"permIndicator", "Indicators"}, {"permGroup", "Groups"}, {"permAttribute", "Attributes"}, {"permTag", "Tags"}, {"permSecurityLabel", "Security Labels"},
}

// mayCreateJob refuses a user who lacks a permission. In a community, that takes
// an Editor (batch_api.rst).
func (c *call) mayCreateJob(o *Owner) {
	var missing []string
	for _, p := range jobPerms {
		level := c.user.perm(o, p.perm)
		if level != "FULL" && level != "CREATE" || c.user.roleIn(o) == "Contributor" || c.sw.BatchPermission == "none" {
			missing = append(missing, p.name+";")
		}
	}
	if len(missing) > 0 {
		panic(plainText(http.StatusUnauthorized, "Unable to perform the requested operation due to the following error(s): You do not have permission to create "+strings.Join(missing, " ")))
	}
}
