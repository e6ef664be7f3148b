// Package tcsim is a simulated ThreatConnect instance: an http.Handler that
// answers the v3 REST API (and the few v2 calls that come with it) from memory.
//
// Its contract:
//
//   - It is a reading of the public documents (the ThreatConnect developer
//     docs, TcEx, recorded OPTIONS answers) made independently of this
//     project's client. It imports the standard library only, so that a
//     misreading in the client shows up as a disagreement.
//   - Where the documents are silent it takes one answer by default and has a
//     Switch for every other answer that a real instance may plausibly give.
//     SwitchNames lists them; docs/simulator.md says where each rule is from.
//   - A write happens entirely or not at all, unless a Switch says otherwise.
//   - It is deterministic: the same requests in the same order give the same
//     IDs, and Save writes the same bytes for the same state.
//   - It is safe for concurrent use, over a socket or called in-process.
//
// The one-struct-for-all object in object.go keeps the state; the tables in
// *_schema.go say what each endpoint accepts; tql*.go is the query language.
package tcsim
