package live

import (
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// A process that has no file descriptor left accepts again when it has one.
func TestAcceptingOutlastsTooManyOpenFiles(t *testing.T) {
	n, _ := talk(t, settings(), echo(), "127.0.0.1:0")
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	require.NoError(t, err)
	defer syscall.Close(fd)
	open, err := os.ReadDir("/proc/self/fd")
	require.NoError(t, err)
	highest := 0
	for _, f := range open {
		k := 0
		for _, digit := range f.Name() {
			k = 10*k + int(digit-'0')
		}
		highest = max(highest, k)
	}
	var held []*os.File // no number below the highest is free
	for range highest + 1 - len(open) + 1 {
		f, err := os.Open("/dev/null")
		require.NoError(t, err)
		defer f.Close()
		held = append(held, f)
	}
	var was syscall.Rlimit
	require.NoError(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &was))
	few := syscall.Rlimit{Cur: uint64(highest) + 1, Max: was.Max}
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few))
	at := &syscall.SockaddrInet4{Port: int(n.Addr().Port()), Addr: [4]byte{127, 0, 0, 1}}
	connected := syscall.Connect(fd, at)
	failed := inTime(func() bool { return n.StreamStats().AcceptErrors > 0 })
	accepted := n.StreamStats().Accepted
	require.NoError(t, syscall.Setrlimit(syscall.RLIMIT_NOFILE, &was))
	require.NoError(t, connected)
	require.True(t, failed, "%d files held", len(held))
	require.Zero(t, accepted)
	require.True(t, inTime(func() bool { return n.StreamStats().Accepted == 1 }))
	_, err = syscall.Write(fd, []byte("x"))
	require.NoError(t, err)
	var b [1]byte
	_, err = syscall.Read(fd, b[:])
	require.NoError(t, err)
	require.Equal(t, "x", string(b[:]))
	require.NoError(t, n.Do(func(*protocol.Turn) {}))
}
