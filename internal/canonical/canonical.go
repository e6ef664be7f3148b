// Package canonical has the canonical form of each kind of value: the text that
// ThreatConnect stores for it. Two values are the same if their canonical forms
// are.
//
// A value that has no canonical form is an error. Its message continues a
// sentence that begins with the value, and says what to write instead: "1.2.3"
// is not an IP address: write … A value is never changed to mean something else:
// a defanged URL, for example, is an error that shows the URL to write.
package canonical
