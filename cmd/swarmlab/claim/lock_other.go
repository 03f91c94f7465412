//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package claim

import "os"

// Lock does nothing where the standard library has no locks.
func Lock(*os.File) error { return nil }
