package canonical

import "testing"

// TestDefanged: what is shown of an indicator leads nowhere, is what the field writes, and
// can be turned back.
func TestDefanged(t *testing.T) {
	for _, c := range []struct {
		defang   func(string) string
		in, want string
	}{
		{DefangHost, "www.bad.example", "www[.]bad[.]example"},
		{DefangHost, "localhost", "localhost"},
		{DefangAddress, "203.0.113.7", "203[.]0[.]113[.]7"},
		{DefangAddress, "2001:db8::1", "2001[:]db8[:][:]1"},
		{DefangAddress, "203.0.113.0/24", "203[.]0[.]113[.]0/24"},
		{DefangEmail, "first.last@mail.bad.example", "first.last[@]mail[.]bad[.]example"},
		{DefangURL, "http://bad.example/a.b?c=d.e", "hxxp://bad[.]example/a.b?c=d.e"},
		{DefangURL, "https://u.v:p@bad.example:8443/", "hxxps://u[.]v:p[@]bad[.]example:8443/"},
		{DefangURL, "HTTPS://bad.example", "hxxps://bad[.]example"},
		{DefangURL, "ftp://bad.example/x", "fxp://bad[.]example/x"},
		{DefangURL, "gopher://bad.example", "gopher[://]bad[.]example"},
		{DefangURL, "http://bad.example/?u=https://worse.example/", "hxxp://bad[.]example/?u=https[://]worse.example/"},
		{DefangURL, "http://[2001:db8::1]:80/x", "hxxp://[2001:db8::1]:80/x"},
	} {
		got := c.defang(c.in)
		if got != c.want {
			t.Errorf("%s is shown as %s, not %s", c.in, got, c.want)
		}
		if back, found := Refang(got); got != c.in && (!found || back != c.in && c.in != "HTTPS://bad.example") {
			t.Errorf("%s is turned back into %s", got, back)
		}
	}
}
