package sim

import (
	"runtime"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// The memory of a connection: see doc.go.
func TestSizesOfStreams(t *testing.T) {
	require.EqualValues(t, 128, unsafe.Sizeof(end{}))
	require.EqualValues(t, 64, unsafe.Offsetof(end{}.settled), "what arrives needs one line")
	require.EqualValues(t, 40, unsafe.Sizeof(packet{}))
	require.EqualValues(t, 64, unsafe.Sizeof(item{}))
	require.EqualValues(t, 48, unsafe.Sizeof(row{}))
	require.LessOrEqual(t, unsafe.Sizeof(host{}), uintptr(128))
}

// Connections that are idle take little: 10,000 nodes with 80 each must fit.
func TestIdleConnectionsAreSmall(t *testing.T) {
	const nodes, degree = 500, 80
	before := heapInUse()
	s := newCaller(nodes)
	s.quiet = true
	used := make([]protocol.Conn, nodes)
	number := func(i uint32) protocol.Conn {
		used[i]++
		return used[i] - 1
	}
	s.accept = func(i uint32, _ *protocol.Turn, _ protocol.Addr) (protocol.Conn, bool) {
		return number(i), true
	}
	act := actor(func(i uint32, t *protocol.Turn, _ uint32) {
		t.Out.Dial(number(i), AddrOf(uint32(t.Rand.Intn(nodes))))
	})
	w := New(Config{Groups: []protocol.Datagrams{s}, Actor: act,
		Network: steady{delay: 10 * time.Millisecond}})
	for i := range uint32(nodes) {
		w.StartAt(i, 0)
		for n := range degree / 2 {
			w.ActAt(i, at(time.Duration(n+1)*time.Second), 0)
		}
	}
	w.Run(at(2 * time.Minute))
	w.Audit()
	require.EqualValues(t, nodes*degree, w.StreamTally().Ends)
	perEnd := (int64(heapInUse()) - int64(before)) / (nodes * degree)
	require.Greater(t, perEnd, int64(unsafe.Sizeof(end{})))
	require.Less(t, perEnd, int64(220), "with tables, and what the queue keeps")
	runtime.KeepAlive(w)
}
