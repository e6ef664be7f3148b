package tc

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// signer signs requests. It keeps the state of the key, which takes longer to make than
// a signature.
type signer struct {
	cred Credentials
	macs sync.Pool
}

func newSigner(cred Credentials) *signer {
	return &signer{cred: cred, macs: sync.Pool{New: func() any { return hmac.New(sha256.New, []byte(cred.SecretKey)) }}}
}

// Format prints no key: it is in the state of the MACs.
func (*signer) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// sign adds the credentials to req. A signature covers the request target as it goes over
// the wire and the time. So it is made last, and again for each attempt: the instance
// refuses one that is more than five minutes old.
func (s *signer) sign(req *http.Request, now time.Time) {
	if s.cred.Token != "" {
		req.Header.Set("Authorization", "TC-Token "+string(s.cred.Token))
		return
	}
	stamp := strconv.FormatInt(now.Unix(), 10)
	req.Header.Set("Timestamp", stamp)
	req.Header.Set("Authorization", "TC "+s.cred.AccessID+":"+s.signature(req.URL.RequestURI(), req.Method, stamp))
}

func (s *signer) signature(target, method, stamp string) string {
	mac := s.macs.Get().(hash.Hash)
	defer s.macs.Put(mac)
	mac.Reset()
	io.WriteString(mac, target+":"+method+":"+stamp)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func tlsConfig(roots *x509.CertPool) *tls.Config {
	return &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}
