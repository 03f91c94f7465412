package main

import (
	"os/exec"
	"testing"
	"time"
)

// The distribution's Python, which its libtorrent package belongs to.
const systemPython = "/usr/bin/python3"

// interopTime bounds everything that is waited for in a test with programs of others.
const interopTime = 50 * time.Second

// needLibtorrent skips a test where there is no libtorrent.
func needLibtorrent(t *testing.T) {
	t.Helper()
	foreigners(t)
	out, err := exec.Command(systemPython, "-c", "import libtorrent").CombinedOutput()
	if err == nil {
		return
	}
	missing(t, "no Python binding of libtorrent here (Debian: python3-libtorrent): %v %s", err, out)
}
