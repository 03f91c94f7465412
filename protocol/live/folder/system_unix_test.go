//go:build unix

package folder

import (
	"os"
	"syscall"
	"testing"
)

// diskUse returns how much of the disk a file takes.
func diskUse(is os.FileInfo) (int64, bool) {
	s, ok := is.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return s.Blocks * 512, true
}

// openFiles returns how many files this process has open, or 0 where that is not known.
func openFiles(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0
	}
	return len(all)
}
