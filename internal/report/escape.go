package report

import "tcimport/internal/message"

// quoted is s in quotes, safe for a terminal.
func quoted(s string) string { return `"` + message.Escaped(s) + `"` }
