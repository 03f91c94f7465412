package dht

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/krpc"
)

// malformed are inputs that are not bencode, numbered from 1; a strict decoder refuses them all.
var malformed = []string{
	"", "i", "ie", "i-e", "i-0e", "i00e", "i01e", "i-01e", "i+1e", "i 1e", "i1 e", "i1", "i1.0e",
	"i1e3e", "i0x10e", "i--1e", "i9223372036854775808e", "i-9223372036854775809e",
	"i\xEF\xBC\x91e", "4:abc", "4abcd", ":", "-1:a", "+1:a", "01:a", "00:", "1 :a", "1:", "2:a",
	"5", "99999999999999999999:a", "4294967297:a", "1:\xC3\xA9", "l", "li1e", "lee", "le0", "d",
	"d1:a", "d1:ae", "di1e1:ae", "dl1:aei1ee", "d1:ai1e1:ai2ee", "d0:0:0:0:e", "d1:bi1e1:ai2ee",
	"d2:aai1e1:ai2ee", "d1:A0:1:a0:1:B0:e", "d1:ad1:bi1e1:ai2eee", "d1:ai1e", "d1:ai1eee",
	"d3:key5:valueee", "e", "x", "n", "D1:ai1ee", "i1ei2e", "0:0:", "d1:ai1ee\n", "i1e\x00",
	"\xEF\xBB\xBFd1:ai1ee", strings.Repeat("l", 101) + strings.Repeat("e", 101),
}

// clearMeaning are those of them whose meaning is clear all the same: leading zeros and unsorted
// keys. There are clients that send them, and we accept them where nothing is hashed or signed.
var clearMeaning = map[int]bool{5: true, 6: true, 7: true, 8: true, 25: true, 26: true, 45: true,
	46: true, 47: true, 48: true}

// TestMalformed puts each of them where a datagram is, an unknown part of a message, an id, and the
// value of a put. Nothing but a message is answered; a put of a value that
// is not canonical is refused with error 203; and nothing is stored.
func TestMalformed(t *testing.T) {
	require.Len(t, malformed, 61)
	token := newDriven(t, quiet()).token(0, host(1, 1), 0)
	places := []struct {
		name, before, after string
		answers             krpc.Kind // to what has a clear meaning
		odd                 int       // accepted here, since with what follows it means something
	}{
		{"datagram", "", "", 0, 0},
		{"unknown key", "d1:ad2:id20:" + id1 + "e1:q4:ping1:t2:aa1:x", "1:y1:qe",
			krpc.Response, 37},
		{"unknown argument", "d1:ad2:id20:" + id1 + "1:x", "e1:q4:ping1:t2:aa1:y1:qe",
			krpc.Response, 0},
		{"id", "d1:ad2:id", "e1:q4:ping1:t2:aa1:y1:qe", krpc.Error, 0},
		{"value", "d1:ad2:id20:" + id1 + "5:token8:" + string(token[:]) + "1:v",
			"e1:q3:put1:t2:aa1:y1:qe", krpc.Error, 0},
	}
	for _, place := range places {
		for n, bad := range malformed {
			packet := []byte(place.before + bad + place.after)
			var m krpc.Message
			fault := krpc.Decode(packet, &m)
			d := newDriven(t, quiet(), crowd(10, somebody)...)
			diff := d.counted(func() { d.gets(host(1, 1), packet) })
			require.Zero(t, d.items.entries.inUse())
			if place.answers == 0 || !clearMeaning[n+1] && n+1 != place.odd {
				require.NotEqual(t, krpc.OK, fault, "%s %d", place.name, n+1)
				require.False(t, fault.Answerable() || fault.Matchable(), "%s %d", place.name, n+1)
				require.Equal(t, map[Reason]uint64{Junk: 1}, diff, "%s %d", place.name, n+1)
				require.Zero(t, d.out.Sends())
				continue
			}
			require.Equal(t, uint64(1), diff[NonCanonical], "%s %d", place.name, n+1)
			a := d.answer(t)
			require.Equal(t, place.answers, a.m.Kind, "%s %d", place.name, n+1)
			if place.answers == krpc.Error {
				require.Equal(t, int64(krpc.ProtocolError), a.m.Code)
			}
		}
	}
}

// TestDamagedQueries cuts queries anywhere, or takes out one byte: a cut one is never answered, and
// the other only if it still is a message.
func TestDamagedQueries(t *testing.T) {
	w, id := krpc.Writer{Version: krpc.Version, Want4: true, Want6: true}, krpc.ID{Hi: 7}
	d := newDual(t, quiet(), 50)
	tid, token := []byte("aa"), []byte("12345678")
	answered := 0
	for _, q := range [][]byte{w.Ping(nil, tid, id), w.FindNode(nil, tid, id, ownID),
		w.GetPeers(nil, tid, id, ownID), w.Announce(nil, tid, id, ownID, 6881, true, token),
		w.Get(nil, tid, id, ownID, 55), w.Put(nil, tid, id, token, signed(1, "s", 1, 9)),
		w.SampleInfohashes(nil, tid, id, ownID)} {
		for n := range q {
			d.gets(host(1, 1), q[:n])
			require.Zero(t, d.out.Sends())
			cut := append(append([]byte{}, q[:n]...), q[n+1:]...)
			fault := krpc.Decode(cut, new(krpc.Message))
			d.gets(host(1, 1), cut)
			if d.answer(t) != nil {
				require.True(t, fault == krpc.OK || fault.Answerable(), "%q", cut)
				answered++
			}
		}
		d.gets(host(1, 1), q)
		require.NotNil(t, d.answer(t))
	}
	require.Greater(t, answered, 5, "a number with a digit less is a number")
}
