//go:build race

package main

// The race detector makes everything an order of magnitude slower: large
// imports are tested in full without it.
const raceEnabled = true
