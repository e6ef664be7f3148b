// Package intel is the domain of tcimport: groups, the objects that they are
// associated with, and the rules of ThreatConnect for each.
//
// It has three views of them. A Manifest has the definitions as somebody wrote
// them, each with its place. Assemble makes an Import of it: one Group for
// each key, one Object for each other thing, one Edge for each association. A
// Remote is an object as an instance answers it. The tables in kinds.go,
// grouptypes.go, objecttypes.go and indicatortypes.go have the names and rules
// of the API; other packages ask them and do not name a type themselves.
//
// The files: fields.go, kind.go, kinds.go and *types.go have the tables. object.go, flag.go, details.go,
// import.go and remote.go have the types of the three views, refs.go and reffields.go the
// references between them. assemble*.go makes an Import, check*.go finds what is wrong in it,
// equal.go defines when two things are the same, clone.go copies them, write.go is a request.
//
// Nothing here reads, writes, waits or asks the clock.
package intel
