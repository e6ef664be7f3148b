package intel

// Quote is s in double quotes as messages show it: cut where it is long, and
// without anything that a terminal would obey.
func Quote(s string) string { return quote(s) }
