package tcsim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Texts of credential failures (developer docs, common_errors.rst). The docs
// give no status for them; 401 is assumed.
const (
	textSignature    = "Signature data did not match expected result"
	textTimestamp    = "Timestamp out of acceptable time range"
	textDenied       = "Access Denied"
	textUnauthorized = "Unauthorized"
)

const clockTolerance = 5 * time.Minute // developer docs, quick_start.rst

func (c *call) authError(text string) *apiError {
	return statusError(statusOf(c.sw.AuthStatus, http.StatusUnauthorized), "%s", text)
}

// statusOf is the HTTP status that a switch asks for.
func statusOf(value string, otherwise int) int {
	if n, err := strconv.Atoi(value); err == nil {
		return n
	}
	return otherwise
}

// authenticate finds the API user of a request, or says why there is none.
func (c *call) authenticate() {
	c.forcedAuthFailure()
	c.s.mu.RLock()
	users := c.s.st.users
	c.s.mu.RUnlock()
	scheme, rest, _ := strings.Cut(strings.TrimSpace(c.r.Header.Get("Authorization")), " ")
	switch scheme {
	case "TC-Token":
		c.tokenAuth(users, strings.TrimSpace(rest))
	case "TC":
		c.hmacAuth(users, strings.TrimSpace(rest))
	default:
		panic(c.authError(textDenied))
	}
}

func (c *call) tokenAuth(users []*User, token string) {
	i := slices.IndexFunc(users, func(u *User) bool { return u.Token != "" && hmac.Equal([]byte(u.Token), []byte(token)) })
	if i < 0 {
		panic(c.authError(textUnauthorized))
	}
	c.user = users[i]
}

// hmacAuth checks "accessId:signature". The order of the checks decides which
// text is seen; an unknown access ID is a wrong value in Authorization.
func (c *call) hmacAuth(users []*User, credentials string) {
	id, signature, ok := strings.Cut(credentials, ":")
	i := slices.IndexFunc(users, func(u *User) bool { return u.AccessID != "" && u.AccessID == id })
	if !ok || i < 0 {
		panic(c.authError(textDenied))
	}
	user := users[i]
	stamp := c.r.Header.Get("Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || c.clock().Sub(time.Unix(seconds, 0)).Abs() > clockTolerance {
		panic(c.authError(textTimestamp))
	}
	want := Sign(user.SecretKey, requestTarget(c.r), c.r.Method, stamp)
	if !hmac.Equal([]byte(want), []byte(signature)) {
		panic(c.authError(textSignature))
	}
	c.user = user
}

// clock is what the instance believes the time to be; its Date header and the
// check of signatures go by it.
func (c *call) clock() time.Time { return c.now.Add(time.Duration(c.sw.ClockOffset) * time.Second) }

// Sign computes the signature of a request (developer docs, quick_start.rst):
// the target is the path and query exactly as on the wire.
func Sign(secretKey, target, method, timestamp string) string {
	mac := hmac.New(sha256.New, []byte(secretKey))
	mac.Write([]byte(target + ":" + method + ":" + timestamp))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// forcedTexts are the failures of the switch auth-failure.
var forcedTexts = map[string]string{
	"signature": textSignature, "timestamp": textTimestamp, "denied": textDenied, "unauthorized": textUnauthorized, "html": textUnauthorized,
}

// forcedAuthFailure plays expired tokens and clock trouble by switch.
func (c *call) forcedAuthFailure() {
	text, ok := forcedTexts[c.sw.AuthFailure]
	if !ok || c.asked <= c.sw.AuthAfter || c.sw.AuthFor > 0 && c.asked > c.sw.AuthAfter+c.sw.AuthFor {
		return
	}
	if c.sw.AuthFailure == "html" {
		sw := *c.sw
		sw.HTMLErrors, c.sw = true, &sw
	}
	panic(c.authError(text))
}

// checkAvailable answers 429 and 503 by switch, before credentials are looked at.
func (c *call) checkAvailable() {
	if c.sw.NotLicensed == 0 && c.sw.Unavailable == 0 && c.sw.RateLimit == 0 {
		return
	}
	s := c.s
	s.conf.Lock()
	defer s.conf.Unlock()
	if n := c.sw.NotLicensed; n < 0 || s.refused < n {
		s.refused++
		panic(statusError(http.StatusServiceUnavailable, "The API is not licensed or has been disabled for this ThreatConnect instance."))
	}
	if n := c.sw.Unavailable; n < 0 || s.refused < c.sw.NotLicensed+n {
		s.refused++
		panic(askToWait(http.StatusServiceUnavailable, "Service temporarily unavailable"))
	}
	if c.sw.RateLimit == 0 {
		return
	}
	now := s.cfg.Now()
	s.limiter.expire(now)
	if len(s.limiter.times) >= c.sw.RateLimit {
		panic(askToWait(http.StatusTooManyRequests, "Too many requests"))
	}
	s.limiter.times = append(s.limiter.times, now)
}

// askToWait is a refusal with the header Retry-After.
func askToWait(status int, text string) *apiError {
	err := statusError(status, "%s", text)
	err.wait = true
	return err
}

// retryAfter is the header Retry-After, as the switches ask for it.
func (c *call) retryAfter() []string {
	wait := max(1, c.sw.RetrySeconds)
	switch c.sw.RetryAfter {
	case "none":
		return nil
	case "date":
		// HTTP dates have whole seconds: round up, or the client comes too early.
		at := c.clock().Add(time.Duration(wait)*time.Second + 999*time.Millisecond)
		return []string{at.UTC().Format(http.TimeFormat)}
	}
	return []string{strconv.Itoa(wait)}
}
