package sim

import (
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// stormy is a world of chatterers in which everything that can happen to a datagram does.
func stormy(seed uint64, nodes int) *World {
	g := newChatter(nodes, 40)
	g.nodes += 3 // some addresses are those of no node
	w := New(Config{Seed: seed, Groups: []protocol.Datagrams{g}, Network: varied{loss: 10}})
	r := protocol.NewRand(seed, 1, 0)
	for i := range uint32(nodes) {
		when := protocol.Time(r.Uint64n(uint64(time.Second)))
		for range 20 {
			w.StartAt(i, when)
			when += protocol.Time(r.Uint64n(uint64(2 * time.Second)))
			if r.Intn(2) == 0 {
				w.StopAt(i, when)
			} else {
				w.CrashAt(i, when)
			}
			when += protocol.Time(r.Uint64n(uint64(500 * time.Millisecond)))
		}
	}
	return w
}

func TestTheBooksBalance(t *testing.T) {
	w := stormy(1, 50)
	for step := range 100 {
		w.Run(at(time.Duration(step) * 100 * time.Millisecond))
		w.Audit()
	}
	l := w.Ledger()
	for name, c := range map[string]Count{
		"delivered": l.Delivered, "lost": l.Lost, "down": l.Down, "late": l.Late,
		"unroutable": l.Unroutable, "in flight": l.InFlight,
	} {
		require.Greater(t, c.Datagrams, uint64(5), name)
		require.Equal(t, c.Datagrams*40, c.Bytes, name)
	}
	ends := l.Delivered
	ends.plus(l.Lost)
	ends.plus(l.Down)
	ends.plus(l.Late)
	ends.plus(l.Unroutable)
	ends.plus(l.InFlight)
	require.Equal(t, l.Sent, ends)
	require.Equal(t, l.Delivered, l.Received)
	var sum Account
	for i := range uint32(w.Len()) {
		sum.Sent.plus(w.Account(i).Sent)
	}
	require.Equal(t, l.Sent, sum.Sent)
}

func TestTheAuditFindsACookedBook(t *testing.T) {
	cooks := map[string]func(w *World){
		"node 7 at 2s, seed 1: sent": func(w *World) { w.books[7].Lost.Bytes++ },
		"node 8 at 2s, seed 1: sent": func(w *World) { w.books[8].Delivered.Datagrams-- },
		"received":                   func(w *World) { w.nodes[9].received.Bytes-- },
		"for a reason":               func(w *World) { w.fates.late.Datagrams++ },
		"blocks in use":              func(w *World) { w.pool.put(0, nil) },
	}
	for text, cook := range cooks {
		w := stormy(1, 20)
		w.Run(at(2 * time.Second))
		cook(w)
		func() {
			defer func() { require.Contains(t, recover(), text) }()
			w.Audit()
		}()
	}
}

func TestSizes(t *testing.T) {
	require.EqualValues(t, 24, unsafe.Sizeof(event{}), "the queue's budget")
	require.LessOrEqual(t, unsafe.Sizeof(node{})+unsafe.Sizeof(book{}), uintptr(160),
		"ten million nodes may cost the engine 1.6 GB")
	require.EqualValues(t, 1024, unsafe.Sizeof(chunk{}))
}
