package tc

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"strconv"
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
