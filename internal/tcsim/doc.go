// Package tcsim is a simulated ThreatConnect instance: an http.Handler that
// answers the v3 REST API and the v2 Batch API (and the few v2 calls that come
// with them) from memory.
//
// Its contract:
//
//   - It is a reading of the public documents (the ThreatConnect developer
//     docs, TcEx, recorded OPTIONS answers) made independently of this
//     project's client. It imports the standard library only, so that a
//     misreading in the client shows up as a disagreement.
//   - In strict mode, which is the default, it refuses what the documents do not
//     cover.
//   - Where the documents are silent it takes one answer by default and has a
//     Switch for every other answer that a real instance may plausibly give.
//     SwitchNames lists them; docs/simulator.md says where each rule is from.
//   - A write happens entirely or not at all, unless a Switch says otherwise.
//   - It is deterministic: the same requests in the same order give the same
//     IDs, and Save writes the same bytes for the same state.
//   - It is safe for concurrent use, over a socket or called in-process.
//
// A request passes these files in turn:
//
//	server.go, users_auth.go   limits, credentials, the lock
//	route*.go                  the path and what answers it
//	json.go, read_params.go    the body and the query
//	handlers*.go               GET, POST, PUT, DELETE of one object, and files
//	write*.go                  what a POST or PUT does, list by list
//	read_list.go, tql_*.go     what a list holds
//	read_page.go               a page of it
//	read_print.go, encode.go   the answer
//
// Jobs of the Batch API are worked off between requests: jobs.go says where.
//
// A rule that the request breaks panics with an apiError: the request ends there.
// (*call).handle catches it and answers; a write undoes first what it has done.
//
// To add something:
//
//	a switch         a field of Switches in switches.go, with its text
//	a field          a row in fields_*.go; write and answer go by it
//	a nested list    a listOf row there, and for a new kind a case in entry (write_lists.go)
//	a keyword of TQL a word in data/keywords.txt
//	a value that keywords share   a row of keywordValues in tql_keywords.go
//	a type, a label  a line in data/
//	a kind           a row of kinds in store_kinds.go, a row in route_resources.go
//	a rule of strict mode   a check in strict.go, a row in strict_test.go
package tcsim
