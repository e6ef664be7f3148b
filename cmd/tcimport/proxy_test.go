package main

import (
	"strings"
	"testing"
)

// TestProxyThatCannotBeRead: nothing goes past a proxy because its password was
// not escaped, and the password is not repeated.
func TestProxyThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for proxy, good := range map[string]bool{
		"":                                 true,
		"http://proxy.example:3128":        true,
		"proxy.example:3128":               true,
		"10.0.0.1:3128":                    true,
		"http://u:gehe%25im@proxy.example": true,
		"http://u:gehe%im@proxy.example":   false,
		"http://u:gehe im@proxy.example":   false,
		"u:gehe#im@proxy.example:3128":     false,
		"http://u:gehe/im@proxy.example":   false,
		"http://":                          false,
	} {
		for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
			p := &program{lookupEnv: func(v string) (string, bool) {
				if v != name {
					return "", false
				}
				return proxy, true
			}}
			err := p.checkProxy()
			if (err == nil) != good || err != nil && (strings.Contains(err.Error(), "gehe") || !strings.HasPrefix(err.Error(), name)) {
				t.Errorf("%s=%s: %v", name, proxy, err)
			}
		}
	}
}
