package plan

import (
	"bufio"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
)

// assumedMemory is what a machine that does not tell its memory is taken to have. GOMEMLIMIT
// corrects it, in both directions.
const assumedMemory = 8 << 30

// AvailableMemory returns how many bytes the program may still take: what the system could give
// without swapping, what the control group leaves, and what GOMEMLIMIT sets, whichever is least.
func AvailableMemory() uint64 {
	var limits []uint64
	if n, ok := memAvailable("/proc/meminfo"); ok {
		limits = append(limits, n)
	}
	if n, ok := groupMemory("/proc/self/cgroup", "/sys/fs/cgroup"); ok {
		limits = append(limits, n)
	}
	if n := debug.SetMemoryLimit(-1); n < math.MaxInt64 {
		limits = append(limits, uint64(n))
	}
	if len(limits) == 0 {
		return assumedMemory
	}
	return slices.Min(limits)
}

// memAvailable reads the line "MemAvailable: 23456 kB" of Linux.
func memAvailable(file string) (uint64, bool) {
	f, err := os.Open(file)
	if err != nil {
		return 0, false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) == 3 && fields[0] == "MemAvailable:" {
			kib, err := strconv.ParseUint(fields[1], 10, 54)
			return kib << 10, err == nil
		}
	}
	return 0, false
}

// groupMemory returns what the control group of the process and those above it leave. It knows
// version 2, in which each folder from the group's up to the mount may hold a limit, and version 1
// as containers show it, with the group's own files at the mount.
func groupMemory(membership, mount string) (least uint64, limited bool) {
	note := func(dir, limit, usage string) {
		most, ok := readNumber(filepath.Join(dir, limit))
		used, known := readNumber(filepath.Join(dir, usage))
		if ok && known {
			left := most - min(used, most)
			if !limited || left < least {
				least, limited = left, true
			}
		}
	}
	note(filepath.Join(mount, "memory"), "memory.limit_in_bytes", "memory.usage_in_bytes")
	for dir := groupPath(membership); ; dir = filepath.Dir(dir) {
		note(filepath.Join(mount, dir), "memory.max", "memory.current")
		if dir == filepath.Dir(dir) {
			return least, limited
		}
	}
}

// groupPath returns the group of the process in version 2, or the root.
func groupPath(membership string) string {
	text, err := os.ReadFile(membership)
	if err != nil {
		return "/"
	}
	for line := range strings.Lines(string(text)) {
		if path, ok := strings.CutPrefix(strings.TrimSpace(line), "0::"); ok {
			return filepath.Join("/", path)
		}
	}
	return "/"
}

// readNumber reads a file that holds one number. The word "max", no limit, is not one.
func readNumber(file string) (uint64, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil
}
