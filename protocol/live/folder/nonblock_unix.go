//go:build unix

package folder

import "syscall"

// nonblock keeps an open from waiting, should a pipe take the place of a file just then.
const nonblock = syscall.O_NONBLOCK
