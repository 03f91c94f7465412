//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package claim

import (
	"errors"
	"os"
	"syscall"
)

// Lock takes a file for as long as it is open, or says that another one has it.
func Lock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		return errors.New("another running node has it")
	case errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.ENOLCK),
		errors.Is(err, syscall.ENOSYS):
		return nil // a file system without locks
	}
	return err
}
