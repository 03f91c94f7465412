package trial

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// IsolatedVariable is set in a test that runs in a network of its own.
const IsolatedVariable = "SWARMLAB_TEST_ISOLATED"

// isolatedTime bounds a test in a network of its own.
const isolatedTime = 5 * time.Minute

// Isolated reports whether the test runs in a network of its own: a namespace whose only device is
// loopback, with all addresses of 127/8 and 10.77/16, and no route out. If it does not, isolated
// runs the test once more in such a place, with more environment, and hands on how it ended; the
// caller then returns.
func Isolated(t *testing.T, environment ...string) bool {
	t.Helper()
	if os.Getenv(IsolatedVariable) != "" {
		return true
	}
	// Whatever is started in there ends with the process id namespace.
	flags := []string{"--net", "--pid", "--fork", "--kill-child"}
	if os.Geteuid() != 0 {
		flags = append(flags, "--map-root-user")
	}
	const script = `ip link set lo up && ip address add 10.77.0.1/16 dev lo && exec "$@"`
	flags = append(flags, "sh", "-c", script, "sh")
	out, err := exec.Command("unshare", append(flags, "true")...).CombinedOutput()
	if err != nil {
		Missing(t, "no network namespaces here (Debian: iproute2): %v %s", err, out)
	}
	program, err := os.Executable()
	require.NoError(t, err)
	limit := isolatedTime
	if deadline, set := t.Deadline(); set {
		limit = min(limit, time.Until(deadline)-time.Second)
	}
	c := exec.Command("unshare", append(flags, program, "-test.run=^"+t.Name()+"$", "-test.v",
		"-test.parallel=8", // they wait, mostly
		fmt.Sprintf("-test.short=%v", testing.Short()),
		fmt.Sprintf("-test.timeout=%v", limit))...)
	c.Env = append(append(os.Environ(), IsolatedVariable+"=1"), environment...)
	out, err = c.CombinedOutput()
	t.Logf("%s", out)
	require.NoError(t, err)
	require.Contains(t, string(out), "\n--- PASS: "+t.Name()+" (")
	return false
}

// Foreigners skips a test with a program of others when time is short: the race detector, which is
// run so, sees nothing of these, and they wait for each other.
func Foreigners(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("with a program of others")
	}
}

// Missing skips a test for want of something that has to be there in CI.
func Missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}
