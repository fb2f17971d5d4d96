//go:build !race

package pos

const raced = false
