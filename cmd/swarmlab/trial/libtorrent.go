package trial

import (
	"os/exec"
	"testing"
	"time"
)

// The distribution's Python, which its libtorrent package belongs to.
const SystemPython = "/usr/bin/python3"

// InteropTime bounds everything that is waited for in a test with programs of others.
const InteropTime = 50 * time.Second

// NeedLibtorrent skips a test where there is no libtorrent.
func NeedLibtorrent(t *testing.T) {
	t.Helper()
	Foreigners(t)
	out, err := exec.Command(SystemPython, "-c", "import libtorrent").CombinedOutput()
	if err == nil {
		return
	}
	Missing(t, "no Python binding of libtorrent here (Debian: python3-libtorrent): %v %s", err, out)
}
