//go:build unix

package tracker

import (
	"syscall"
	"time"
)

// cpuTime is the processor time this process has used: on a busy machine the only honest clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
