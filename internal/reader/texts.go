package reader

import "hash/maphash"

// texts keeps in memory once what repeats: types, tags, labels, keys that others refer
// to. It knows as many texts as it has room for; a text can take the place of another
// one, and that is then in memory once more. So it does not grow with the manifest.
type texts [1 << 14]string

var textSeed = maphash.MakeSeed()

// once is s, in memory where it came before.
func (t *texts) once(s string) string {
	at := &t[maphash.String(textSeed, s)%uint64(len(t))]
	if *at != s {
		*at = s
	}
	return *at
}

// exact is list without room to spare: there are very many lists, and they do not grow
// any more.
func exact[T any](list []T) []T {
	if len(list) == cap(list) {
		return list
	}
	return append(make([]T, 0, len(list)), list...)
}
