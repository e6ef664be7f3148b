package tc

import (
	"strings"
	"testing"
)

// Two runs exclude each other by the name of their instance: whatever a URL can
// be spelled like, it has one.
func TestInstanceURLHasOneSpelling(t *testing.T) {
	for want, spellings := range map[string][]string{
		"https://tc.example/api": {
			"https://tc.example/api", " https://tc.example/api", "https://tc.example/api\n", "HTTPS://TC.Example/api", "https://tc.example./api",
			"https://tc.example:443/api", "https://tc.example:0443/api", "https://tc.example:/api", "https://tc.example/api/", "https://tc.example/api///",
			"https://tc.example//api", "https://tc.example/./api", "https://tc.example/x/../api/.",
		},
		"https://tc.example":         {"https://tc.example", "https://tc.example/", "https://TC.EXAMPLE:00443//"},
		"https://tc.example:8443/A":  {"https://tc.example:8443/A", "https://tc.example:08443/A/"},
		"https://tc.example:80/api":  {"https://tc.example:80/api"},
		"http://localhost:8080/api":  {"http://localhost:8080/api", "http://LOCALHOST:8080/api/"},
		"http://127.0.0.1/api":       {"http://127.0.0.1/api", "http://127.0.0.1:80/api", "http://127.0.0.1:080/api", "http://[::ffff:127.0.0.1]/api"},
		"http://[::1]:1/api":         {"http://[::1]:1/api", " http://[0:0:0:0:0:0:0:1]:01/api "},
		"http://[::1]/api":           {"http://[::1]:80/api/", "http://[::1]/api"},
		"https://tc.example/a%2Fb/c": {"https://tc.example/a%2Fb/c", "https://tc.example/a%2Fb/c/"},
	} {
		for _, spelling := range spellings {
			got, err := InstanceURL(spelling)
			if err != nil || got != want {
				t.Errorf("%q: got %q, %v; want %q", spelling, got, err, want)
			}
			c, err := New(Config{BaseURL: spelling, Credentials: Credentials{Token: "x"}})
			if err != nil || c.root != want {
				t.Errorf("%q: the client asks %v, %v", spelling, c, err)
			}
		}
	}
}

// What stands before an @ is not said, readable as a URL or not.
func TestInstanceURLKeepsPasswordsToItself(t *testing.T) {
	for _, raw := range []string{
		"user:hunter2@host/api", "https://user:hunter2@host/api", "https://user:hunter2@host:x/api", "https://user:hunt/hunter2@host/api",
		"https://user:hunter2%40host/api", "user:hunter2%40host/api", "HTTP://hunter2@host", "https://user:x@hunter2@host/api?y", "ftp://user:hunter2@host",
		"https://host/api?token=hunter2", "host/api?token=hunter2", "https://host/api#hunter2", "https://user:%zzhunter2@host", "https://a b:hunter2@host",
		"https://user:hunter2@host/api/v3", "http://user:hunter2@host/api", "//user:hunter2@host/api", "https://user:hunter2\n@host/api",
	} {
		_, err := InstanceURL(raw)
		if err == nil {
			t.Errorf("%q is accepted", raw)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

func TestInstanceURLRefusals(t *testing.T) {
	for raw, want := range map[string]string{
		"":                                 "set TC_API_PATH",
		"https://tc.example/api/v3":        "remove /v3",
		"https://tc.example/api/V3/":       "remove /V3",
		"https://tc.example/api/v2":        "remove /v2",
		"https://tc.example:0/api":         "there is no port 0",
		"https://tc.example:65536":         "there is no port 65536",
		"https:///api":                     "and a host",
		"tc.example/api":                   `"tc.example/api" does not start with https://`,
		"user:pw@host/api":                 `"REDACTED@host/api" does not start with https://`,
		"https://me@tc.example/api":        `"https://REDACTED@tc.example/api" contains a user name`,
		"https://tc.example/api?x=1":       "remove what starts at ?",
		"http://tc.example/api":            "plain http",
		"https://tc.example:port/api":      "cannot be read as a URL",
		"https://tc.example/api%zz":        "cannot be read as a URL",
		"ftp://tc.example/api":             "does not start with https://",
		"https://[fe80::1%25eth0]:1/api":   "",
		"https://tc.example/tc/v3/gateway": "",
	} {
		_, err := InstanceURL(raw)
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: %v", raw, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: got %v, want something with %q", raw, err, want)
		}
	}
}
