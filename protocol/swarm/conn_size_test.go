package swarm

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// Connections begin where lines of a cache do. What a have needs is in two of them, and to write
// one takes one.
func TestSizeOfConn(t *testing.T) {
	const line = 64
	var c conn
	require.Zero(t, unsafe.Sizeof(c)%line, "%d bytes", unsafe.Sizeof(c))
	require.LessOrEqual(t, unsafe.Sizeof([93]conn{}), uintptr(64<<10))
	require.EqualValues(t, line-8, unsafe.Offsetof(c.tally)+unsafe.Offsetof(c.tally.OverheadDown))
	require.EqualValues(t, line-16, unsafe.Offsetof(c.tally)+unsafe.Offsetof(c.tally.OverheadUp))
	require.Zero(t, unsafe.Offsetof(c.decoder)%line)
	require.Zero(t, unsafe.Sizeof(core{})%line)
	require.EqualValues(t, 72, unsafe.Sizeof(c.decoder), "all but the buffers in one")
}
