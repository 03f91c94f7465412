package tracker

import (
	"encoding/binary"
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

func newTracker(t testing.TB, cfg Config) *Tracker {
	t.Helper()
	k, err := New(cfg)
	require.NoError(t, err)
	return k
}

// someRequest returns an announce of the n-th of many clients for one torrent.
func someRequest(n uint32) Request {
	q := Request{Addr: protocol.Addr4(10<<24|n, 6881), Totals: Totals{Left: 1000}, Want: -1}
	q.InfoHash = vectorHash()
	binary.BigEndian.PutUint32(q.PeerID[:], n)
	return q
}

// vectorHash is the infohash of the sheet's vectors.
func vectorHash() (h [20]byte) {
	for k := range h {
		h[k] = byte(k)
	}
	return h
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}
