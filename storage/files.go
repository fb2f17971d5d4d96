package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// The modes of what we create (design, security table). Payments are nobody
// else's business, and whoever can write the folder can replace the files.
const (
	folderMode fs.FileMode = 0o700
	fileMode   fs.FileMode = 0o600

	looseFolder fs.FileMode = 0o022 // bits that an existing folder must not have
	looseFile   fs.FileMode = 0o077 // bits that an existing file must not have
)

// prepareFolder creates the journal's folder, or refuses one that other users can write.
func prepareFolder(dir string) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(dir, folderMode); err != nil {
			return mend(err, "create the folder, or name another journal with --journal")
		}
		if err := os.Chmod(dir, folderMode); err != nil { // whatever the umask is
			return err
		}
	}
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return mend(err, "check that you may read the folder")
	case !info.IsDir():
		return mend(fmt.Errorf("%s is not a folder", dir), "name another journal with --journal")
	case info.Mode().Perm()&looseFolder != 0:
		return mend(fmt.Errorf("other users may write the folder %s (mode %04o)", dir, info.Mode().Perm()),
			"chmod 700 "+dir)
	}
	return checkOwner(dir, info)
}

// checkFile refuses a file that other users can read or write, that is a link
// or has a second name. A file that is not there is fine.
func checkFile(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return mend(fmt.Errorf("%s is a symbolic link", path), "name the file itself, or move it here")
	case !info.Mode().IsRegular():
		return mend(fmt.Errorf("%s is not a regular file", path), "name another journal with --journal")
	case info.Mode().Perm()&looseFile != 0:
		return mend(fmt.Errorf("other users may open %s (mode %04o)", path, info.Mode().Perm()), "chmod 600 "+path)
	case names(info) > 1:
		return mend(fmt.Errorf("%s has a second name (hard link)", path),
			fmt.Sprintf("find it with: find / -samefile %s; and remove that one", path))
	}
	return checkOwner(path, info)
}

// checkFiles checks the journal and the files that SQLite keeps beside it.
func checkFiles(path string) error {
	return errors.Join(checkFile(path), checkFile(path+"-wal"), checkFile(path+"-shm"))
}

// createFile makes an empty file with mode 0600 whatever the umask is, and its
// name durable. An existing file is an error (fs.ErrExist).
func createFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, fileMode)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(fileMode), f.Sync(), f.Close(), syncFile(filepath.Dir(path)))
}

// syncFile makes a file, or the names in a folder, durable.
func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
