package sim

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// The memory of a connection: see doc.go.
func TestSizesOfStreams(t *testing.T) {
	require.EqualValues(t, 136, unsafe.Sizeof(end{}))
	require.EqualValues(t, 40, unsafe.Sizeof(packet{}))
	require.EqualValues(t, 32, unsafe.Sizeof(item{}))
	require.EqualValues(t, 48, unsafe.Sizeof(row{}))
	require.LessOrEqual(t, unsafe.Sizeof(host{}), uintptr(128))
}
