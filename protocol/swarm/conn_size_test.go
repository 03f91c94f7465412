package swarm

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// Connections begin where lines of a cache do, and what a have needs is in the first three.
func TestSizeOfConn(t *testing.T) {
	const line = 64
	var c conn
	require.Zero(t, unsafe.Sizeof(c)%line, "%d bytes", unsafe.Sizeof(c))
	require.LessOrEqual(t, unsafe.Offsetof(c.tally)+unsafe.Offsetof(c.tally.OverheadDown),
		uintptr(3*line-8))
	require.LessOrEqual(t, unsafe.Sizeof([93]conn{}), uintptr(64<<10))
}
