package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// Before a sum of an end overflows it goes into the ledger, and nothing is counted twice.
func TestPurseIsEmptied(t *testing.T) {
	var s streams
	s.ledger.pairs = map[uint64]uint32{}
	var h host
	e := &end{node: 1, peer: 2, content: Overhead}
	number, _ := s.store([]byte("have"), protocol.Body{})
	e.books.overhead[outward] = purseMost - 1
	s.enterSent(&h, e, number, 0)
	require.Equal(t, purse{}, e.books)
	e.books.overhead[inward] = purseMost - 1
	s.enterDelivered(&h, e, s.items.at(number))
	require.Equal(t, purse{}, e.books)
	require.EqualValues(t, purseMost+3, s.ledger.of(1, 2, Overhead).sent)
	require.EqualValues(t, purseMost+3, s.ledger.of(2, 1, Overhead).delivered)
}

// What a node says to many in one turn is an event for each: too short to be acknowledged.
func TestShortSegmentsAreOneEvent(t *testing.T) {
	const others = 20
	s := newCaller(others + 1)
	s.quiet = true
	s.accept = func(uint32, *protocol.Turn, protocol.Addr) (protocol.Conn, bool) { return 0, true }
	w := New(Config{Groups: []protocol.Datagrams{s}, Network: steady{delay: time.Millisecond},
		Actor: actor(func(_ uint32, t *protocol.Turn, what uint32) {
			for c := range protocol.Conn(others) {
				if what == 0 {
					t.Out.Dial(c, AddrOf(uint32(c)+1))
				} else {
					t.Out.Write(c, protocol.Chunk{Bytes: []byte("something")})
				}
			}
		})})
	for i := range uint32(others + 1) {
		w.StartAt(i, 0)
	}
	w.ActAt(0, at(time.Second), 0)
	w.Run(at(time.Minute))
	before := w.tally.Events
	w.ActAt(0, at(time.Minute), 1)
	w.Run(at(2 * time.Minute))
	require.EqualValues(t, 1+others, w.tally.Events-before)
	require.EqualValues(t, 9*others, w.Traffic(0).OverheadSent)
	w.Audit()
}
