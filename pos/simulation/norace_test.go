//go:build !race

package simulation

// raced: under the race detector one goroutine shows nothing and takes long.
const raced = false
