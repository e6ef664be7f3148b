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
func (c *call) authenticate() *apiError {
	if err := c.forcedAuthFailure(); err != nil {
		return err
	}
	c.s.mu.RLock()
	users := c.s.st.users
	c.s.mu.RUnlock()
	scheme, rest, _ := strings.Cut(strings.TrimSpace(c.r.Header.Get("Authorization")), " ")
	switch scheme {
	case "TC-Token":
		return c.tokenAuth(users, strings.TrimSpace(rest))
	case "TC":
		return c.hmacAuth(users, strings.TrimSpace(rest))
	}
	return c.authError(textDenied)
}

func (c *call) tokenAuth(users []*User, token string) *apiError {
	for _, u := range users {
		if u.Token != "" && hmac.Equal([]byte(u.Token), []byte(token)) {
			c.user = u
			return nil
		}
	}
	return c.authError(textUnauthorized)
}

// hmacAuth checks "accessId:signature". The order of the checks decides which
// text is seen; an unknown access ID is a wrong value in Authorization.
func (c *call) hmacAuth(users []*User, credentials string) *apiError {
	id, signature, ok := strings.Cut(credentials, ":")
	i := slices.IndexFunc(users, func(u *User) bool { return u.AccessID != "" && u.AccessID == id })
	if !ok || i < 0 {
		return c.authError(textDenied)
	}
	user := users[i]
	stamp := c.r.Header.Get("Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return c.authError(textTimestamp)
	}
	if off := c.clock().Sub(time.Unix(seconds, 0)); off > clockTolerance || off < -clockTolerance {
		return c.authError(textTimestamp)
	}
	want := Sign(user.SecretKey, requestTarget(c.r), c.r.Method, stamp)
	if !hmac.Equal([]byte(want), []byte(signature)) {
		return c.authError(textSignature)
	}
	c.user = user
	return nil
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

// forcedAuthFailure plays expired tokens and clock trouble by switch.
func (c *call) forcedAuthFailure() *apiError {
	texts := map[string]string{
		"signature": textSignature, "timestamp": textTimestamp,
		"denied": textDenied, "unauthorized": textUnauthorized, "html": "",
	}
	text, ok := texts[c.sw.AuthFailure]
	if !ok {
		return nil
	}
	if c.asked <= c.sw.AuthAfter || c.sw.AuthFor > 0 && c.asked > c.sw.AuthAfter+c.sw.AuthFor {
		return nil
	}
	if text == "" {
		sw := *c.sw
		sw.HTMLErrors, c.sw = true, &sw
		text = textUnauthorized
	}
	return c.authError(text)
}

// unavailable answers 429 and 503 by switch, before credentials are looked at.
func (c *call) unavailable() *answer {
	if c.sw.NotLicensed == 0 && c.sw.Unavailable == 0 && c.sw.RateLimit == 0 {
		return nil
	}
	s := c.s
	s.conf.Lock()
	defer s.conf.Unlock()
	if n := c.sw.NotLicensed; n < 0 || s.refused < n {
		s.refused++
		return c.refuse(statusError(http.StatusServiceUnavailable, "The API is not licensed or has been disabled for this ThreatConnect instance."))
	}
	if n := c.sw.Unavailable; n < 0 || s.refused < c.sw.NotLicensed+n {
		s.refused++
		a := c.refuse(statusError(http.StatusServiceUnavailable, "Service temporarily unavailable"))
		c.retryAfter(a)
		return a
	}
	if c.sw.RateLimit > 0 {
		now := s.cfg.Now()
		s.limiter.expire(now)
		if len(s.limiter.times) >= c.sw.RateLimit {
			a := c.refuse(statusError(http.StatusTooManyRequests, "Too many requests"))
			c.retryAfter(a)
			return a
		}
		s.limiter.times = append(s.limiter.times, now)
	}
	return nil
}

func (c *call) retryAfter(a *answer) {
	wait := max(1, c.sw.RetrySeconds)
	switch c.sw.RetryAfter {
	case "none":
	case "date":
		// HTTP dates have whole seconds: round up, or the client comes too early.
		at := c.clock().Add(time.Duration(wait)*time.Second + 999*time.Millisecond)
		a.header.Set("Retry-After", at.UTC().Format(http.TimeFormat))
	default:
		a.header.Set("Retry-After", strconv.Itoa(wait))
	}
}
