package tcsim

import (
	"strings"
	"unicode/utf8"
)

// asciiHost writes the labels of a host name that hold other than ASCII as
// punycode (RFC 3492). It does not judge the name.
func asciiHost(host string) (string, bool) {
	if !utf8.ValidString(host) {
		return "", false
	}
	labels := strings.Split(strings.NewReplacer("。", ".", "．", ".", "｡", ".").Replace(host), ".")
	for i, l := range labels {
		if isASCII(l) {
			continue
		}
		labels[i] = "xn--" + punycode(strings.ToLower(l))
	}
	return strings.Join(labels, "."), true
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// punycode encodes one label; the parameters are those of RFC 3492 section 5.
func punycode(label string) string {
	const base, initialN, initialBias = 36, 128, 72
	var out strings.Builder
	runes := []rune(label)
	for _, r := range runes {
		if r < initialN {
			out.WriteRune(r)
		}
	}
	basic := out.Len()
	handled := basic
	if basic > 0 {
		out.WriteByte('-')
	}
	n, delta, bias := rune(initialN), 0, initialBias
	for handled < len(runes) {
		m := rune(utf8.MaxRune)
		for _, r := range runes {
			if r >= n && r < m {
				m = r
			}
		}
		delta += int(m-n) * (handled + 1)
		n = m
		for _, r := range runes {
			if r < n {
				delta++
			}
			if r != n {
				continue
			}
			q := delta
			for k := base; ; k += base {
				t := min(max(k-bias, 1), 26)
				if q < t {
					out.WriteByte(punyDigit(q))
					break
				}
				out.WriteByte(punyDigit(t + (q-t)%(base-t)))
				q = (q - t) / (base - t)
			}
			bias = punyAdapt(delta, handled+1, handled == basic)
			delta = 0
			handled++
		}
		delta++
		n++
	}
	return out.String()
}

func punyDigit(d int) byte {
	if d < 26 {
		return byte('a' + d)
	}
	return byte('0' + d - 26)
}

func punyAdapt(delta, points int, first bool) int {
	if first {
		delta /= 700
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for delta > (36-1)*26/2 {
		delta /= 36 - 1
		k += 36
	}
	return k + (36-1+1)*delta/(delta+38)
}
