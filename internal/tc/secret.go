package tc

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// redacted is what stands in for a secret wherever text is made.
const redacted = "REDACTED"

// Secret is a text that must not be shown. It prints as REDACTED in every way
// in which values are usually printed; string(s) is the text itself.
type Secret string

func (Secret) String() string               { return redacted }
func (Secret) GoString() string             { return redacted }
func (Secret) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Format prints REDACTED for every verb: without it %x would show the text.
func (Secret) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// Credentials are an API token, or an access ID with its secret key. The token
// wins where both are given.
type Credentials struct {
	Token     Secret
	AccessID  string
	SecretKey Secret
}

// Check says what is missing or cannot be sent, without saying what it is.
func (c Credentials) Check() error {
	for _, part := range []struct{ name, value string }{
		{"the token", string(c.Token)}, {"the access ID", c.AccessID}, {"the secret key", string(c.SecretKey)},
	} {
		if strings.ContainsFunc(part.value, func(r rune) bool { return r < 0x20 || r == 0x7f }) {
			return fmt.Errorf("%s contains a line break or another control character: remove it", part.name)
		}
	}
	switch {
	case c.Token != "":
		return nil
	case c.AccessID == "" && c.SecretKey == "":
		return errors.New("no credentials: set TC_TOKEN, or TC_API_ACCESS_ID and TC_API_SECRET_KEY; each also as ..._FILE")
	case c.AccessID == "":
		return errors.New("TC_API_SECRET_KEY is set, but TC_API_ACCESS_ID is not: set both")
	case c.SecretKey == "":
		return errors.New("TC_API_ACCESS_ID is set, but TC_API_SECRET_KEY is not: set both")
	}
	return nil
}
