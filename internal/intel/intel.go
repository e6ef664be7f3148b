// Package intel is the domain of tcimport: groups, what hangs together with
// them, and the rules ThreatConnect has for each.
//
// It holds three views of the same world. A Manifest is what somebody wrote,
// definition by definition, each with its place. An Import is that after
// Assemble: one Group for each key, one Object for each other thing, one Edge
// for each association. A Remote is an object as an instance has it. What the
// API calls things is carried by the tables in kinds.go, grouptypes.go, objecttypes.go and
// indicatortypes.go;
// every other package asks them instead of naming a type itself.
//
// Nothing here reads, writes, waits or asks the clock.
package intel
