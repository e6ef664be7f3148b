package tc

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// sign makes req say who sends it. A signature covers the request target as it
// goes over the wire and the time, so it is made last, and anew for each attempt:
// the instance refuses one that is more than five minutes old.
func (c Credentials) sign(req *http.Request, now time.Time) {
	if c.Token != "" {
		req.Header.Set("Authorization", "TC-Token "+string(c.Token))
		return
	}
	stamp := strconv.FormatInt(now.Unix(), 10)
	req.Header.Set("Timestamp", stamp)
	req.Header.Set("Authorization", "TC "+c.AccessID+":"+signature(c.SecretKey, req.URL.RequestURI(), req.Method, stamp))
}

func signature(key Secret, target, method, stamp string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(target + ":" + method + ":" + stamp))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func tlsConfig(roots *x509.CertPool) *tls.Config {
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}

// scrubber takes the secrets out of text that others have made: an instance or
// a proxy may well quote a request in its error message.
type scrubber struct{ known *strings.Replacer }

func newScrubber(c Credentials) scrubber {
	var secrets []string
	for _, s := range []string{string(c.Token), string(c.SecretKey)} {
		// The padding of base64 is what other encodings change; the rest is secret
		// enough.
		bare := strings.TrimRight(s, "=")
		for _, form := range []string{s, bare} {
			secrets = append(secrets, form, url.QueryEscape(form), url.PathEscape(form), html.EscapeString(form),
				base64.StdEncoding.EncodeToString([]byte(form)))
		}
	}
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, s := range slices.Compact(secrets) {
		// What is as short as this is a word of any text, and no secret.
		if len(s) > 3 {
			pairs = append(pairs, s, redacted)
		}
	}
	return scrubber{known: strings.NewReplacer(pairs...)}
}

// authorization matches the header's value, whatever credentials are in it.
var authorization = regexp.MustCompile(`(?i)(TC-Token\s+|\bTC\s+[^\s:"'<>]+:)[^\s"'<>,;]+`)

func (s scrubber) clean(text string) string {
	return authorization.ReplaceAllString(s.known.Replace(text), "${1}"+redacted)
}
