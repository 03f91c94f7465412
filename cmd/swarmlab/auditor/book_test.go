package auditor

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
)

// comer is a peer that comes for the first time, under an id of its own.
func comer(user int, at protocol.Addr) *glimpse {
	s := &glimpse{what: sawPeer, user: audit.User(user), field: make([]byte, 3)}
	s.peer = contact{addr: at, listens: true}
	binary.BigEndian.PutUint64(s.peer.id[:], uint64(user))
	return s
}

// TestAuditHasRoomForOthers: who comes from one host under ever new ids takes the room of nobody
// else, and a torrent of many pieces takes no more memory.
func TestAuditHasRoomForOthers(t *testing.T) {
	book, err := newBook(journalTorrent)
	require.NoError(t, err)
	six := make([]byte, 16)
	six[0], six[15] = 0x20, 1
	hosts := []func(n int) protocol.Addr{
		func(n int) protocol.Addr { return protocol.Addr4(0x0a000001, uint16(n)+1) },
		func(n int) protocol.Addr { // of one network
			six[8], six[15] = byte(n), byte(n>>8)
			return protocol.Addr6(six, 7)
		},
	}
	for k, host := range hosts {
		for n := range 3 * hostPeersMax {
			require.Equal(t, n < hostPeersMax, book.add(comer(len(book.users), host(n))))
		}
		require.EqualValues(t, (k+1)*2*hostPeersMax, book.missed)
		other := comer(len(book.users), protocol.Addr4(0x0b000001+uint32(k), 1))
		require.True(t, book.add(other), "another host is welcome")
	}
	require.Len(t, book.users, 2*hostPeersMax+2)
	require.Equal(t, peersMax, peersOf(1))
	require.Equal(t, peersMax, peersOf(100_000))
	require.Equal(t, 214, peersOf(10_000_000))
	require.Positive(t, peersOf(1<<32-1))
}

// TestAuditRemembersTheLatestName: a peer that comes again and again to the same place under other
// ids is one, and takes the memory of one.
func TestAuditRemembersTheLatestName(t *testing.T) {
	book, err := newBook(journalTorrent)
	require.NoError(t, err)
	e := newEye()
	e.begin(book, &journal{}, 0)
	turn := &protocol.Turn{}
	at := protocol.Addr4(0x0a000001, 5)
	for n := range 500 {
		turn.Now = turn.Now.Add(time.Second)
		s := comer(0, at)
		binary.BigEndian.PutUint64(s.peer.id[:], uint64(n))
		s.user = e.identify(&s.peer)
		require.Zero(t, s.user)
		require.True(t, e.arrive(s, turn))
		e.enter(&glimpse{what: sawGone}, turn)
	}
	require.Len(t, book.users, 1)
	require.Equal(t, 500, book.users[0].sessions)
	require.Len(t, e.byID, 1)
	require.Len(t, e.byPlace, 1)
	moved := comer(0, at.WithPort(6)) // it comes under its last id from elsewhere
	binary.BigEndian.PutUint64(moved.peer.id[:], 499)
	require.Zero(t, e.identify(&moved.peer))
	require.True(t, e.arrive(moved, turn))
	require.Len(t, e.byPlace, 1)
	require.Contains(t, e.byPlace, at.WithPort(6))
}
