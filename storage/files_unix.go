//go:build unix

package storage

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// names is how many names (hard links) a file has.
func names(info fs.FileInfo) int { return int(info.Sys().(*syscall.Stat_t).Nlink) }

// checkOwner refuses what belongs to another user.
func checkOwner(path string, info fs.FileInfo) error {
	if uid := info.Sys().(*syscall.Stat_t).Uid; int(uid) != os.Geteuid() {
		return mend(fmt.Errorf("%s belongs to another user (uid %d)", path, uid), "run the till as that user, or name another journal with --journal")
	}
	return nil
}
