//go:build unix

package unfinished

import (
	"errors"
	"os"
	"syscall"
)

// lock takes hold of a folder until the file is closed or the program ends, however it ends. It
// reports whether nobody else has it. A file system without locks lets everyone have it.
func lock(dir string) (*os.File, bool, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, false, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		f.Close()
		return nil, false, nil
	}
	return f, true, nil
}
