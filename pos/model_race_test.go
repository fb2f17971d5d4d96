//go:build race

package pos

// raced: the race detector watches, to whom the model has nothing to show: it
// is one goroutine, and its memory counts several times.
const raced = true
