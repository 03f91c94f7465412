package crawl

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// FuzzCrawler answers its queries with any bytes. The first byte of each answer says how it comes:
// as it is, or with the right transaction id at its end, or after how much time.
func FuzzCrawler(f *testing.F) {
	contacts := krpc.AppendNode(nil, topID(3), addr(3))
	contacts = krpc.AppendNode(contacts, topID(3), addr(2))
	contacts = krpc.AppendNode(contacts, rigSelf, addr(4).WithPort(0))
	good := writer.Reply(nil, &krpc.Reply{T: []byte("tttt"), ID: topID(2), Nodes: contacts})
	f.Add(append([]byte{1}, good...), []byte{2})
	f.Add(append([]byte{1}, good[:40]...), append([]byte{200}, good...))
	f.Add([]byte("\x01d1:rd2:id20:aaaaaaaaaaaaaaaaaaaae1:t4:tttt1:y1:re"), []byte("\x03de"))
	f.Add([]byte("\x01d1:eli1e1:ae1:t4:tttt1:y1:ee"), []byte{})
	f.Fuzz(func(t *testing.T, first, second []byte) {
		cfg := Default()
		cfg.Nodes, cfg.PerNode, cfg.Samples, cfg.Depth = 50, 5, true, 3
		r := newRig(t, cfg, addr(1), addr(2))
		for _, a := range []protocol.Addr{addr(1), addr(2), addr(3)} {
			script := first
			if a != addr(1) {
				script = second
			}
			r.hosts[a] = func(_ protocol.Time, q *krpc.Message) []string {
				if len(script) == 0 {
					return nil
				}
				return []string{patch(script[0], string(script[1:]), q.T)}
			}
		}
		r.run(time.Hour)
		check(t, r, cfg)
	})
}

// patch puts the transaction id of the query in the place of tttt.
func patch(how byte, p string, tid []byte) string {
	b := []byte(p)
	for i := 0; how&1 != 0 && i+4 <= len(b); i++ {
		if string(b[i:i+4]) == "tttt" {
			copy(b[i:], tid)
			break
		}
	}
	return string(b)
}

// check holds the books against each other.
func check(t *testing.T, r *rig, cfg Config) {
	p, c := r.Progress(), r.Counters()
	require.NotEqual(t, Running, p.Ended)
	require.Equal(t, p.Addresses, p.Done)
	require.Equal(t, p.Done, p.Answered+p.Silent)
	require.Zero(t, p.InFlight)
	require.Zero(t, p.Queue())
	require.Zero(t, r.active)
	require.Equal(t, p.Sent, c[Answered]+c[Refused]+c[BadAnswer]+c[TimedOut])
	require.LessOrEqual(t, p.Known, cfg.Nodes+p.Addresses)
	require.LessOrEqual(t, p.Addresses, cfg.Nodes+2)
	for n := range p.Known {
		v := r.Node(n)
		require.NotZero(t, v.Addr.Port())
		require.LessOrEqual(t, v.Queries, cfg.PerNode)
		require.GreaterOrEqual(t, v.Learned, v.Taught)
		if v.Reachable {
			require.Len(t, v.Buckets, cfg.Depth)
		}
		for m := range n {
			other := r.Node(m)
			require.False(t, other.ID == v.ID && other.Addr == v.Addr, "%v twice", v.ID)
		}
	}
}

// FuzzCrawler's books hold at the end of the honest crawls, too.
func TestBooksBalance(t *testing.T) {
	cfg := Default()
	r := newRig(t, cfg, addr(1), addr(9))
	r.hosts[addr(1)] = showing(topID(1), told{topID(2), addr(2)}, told{topID(3), addr(3)})
	r.hosts[addr(2)] = showing(topID(2), told{topID(1), addr(1)})
	r.run(time.Hour)
	check(t, r, cfg)
	require.Equal(t, 3, r.Progress().Known)
}

// TestIPv6 crawls the other family by nodes6, and never leaves it.
func TestIPv6(t *testing.T) {
	six := func(n byte) protocol.Addr {
		return protocol.Addr6([]byte{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, n}, 6881)
	}
	r := newRig(t, Default(), six(1))
	r.hosts[six(1)] = func(_ protocol.Time, q *krpc.Message) []string {
		nodes := krpc.AppendNode(nil, topID(9), addr(9))
		nodes6 := krpc.AppendNode(nil, topID(2), six(2))
		nodes6 = krpc.AppendNode(nodes6, topID(3), protocol.Addr6(make([]byte, 16), 80))
		local := []byte{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7}
		nodes6 = krpc.AppendNode(nodes6, topID(4), protocol.Addr6(local, 80))
		return []string{string(writer.Reply(nil, &krpc.Reply{T: q.T, ID: topID(1), Nodes: nodes,
			Nodes6: nodes6}))}
	}
	r.hosts[six(2)] = func(_ protocol.Time, q *krpc.Message) []string {
		return []string{string(writer.Reply(nil, &krpc.Reply{T: q.T, ID: topID(2)}))}
	}
	r.run(time.Hour)
	require.Equal(t, 2, r.Progress().Answered)
	require.Equal(t, 2, r.Progress().Known)
	require.True(t, r.node(topID(2), six(2)).Reachable)
	require.EqualValues(t, 4, r.Counters()[BadAddress])
	for _, l := range r.sent {
		require.False(t, l.peer.Is4())
	}
}

// TestLiarsOfIPv6: whoever has a /64 has more addresses than there are nodes. All of them together
// are one host to be asked at, and one source of contacts.
func TestLiarsOfIPv6(t *testing.T) {
	at := func(network, n int) protocol.Addr {
		ip := [16]byte{0: 0x20, 1: 1, 5: byte(network >> 16), 6: byte(network >> 8),
			7: byte(network), 14: byte(n >> 8), 15: byte(n)}
		return protocol.Addr6(ip[:], 6881)
	}
	cfg, seed, told := Default(), at(0, 1), 0
	r := newRig(t, cfg, seed)
	lie := func(_ protocol.Time, q *krpc.Message) []string {
		var nodes6 []byte
		for range 16 { // half of them more of his own, who would lie as well
			told++
			id := krpc.ID{Hi: uint64(told) << 40, Lo: 1}
			nodes6 = krpc.AppendNode(nodes6, id, at(told*(told%2), told))
		}
		return []string{string(krpc.Writer{}.Reply(nil, &krpc.Reply{T: q.T, ID: topID(1),
			Nodes6: nodes6}))}
	}
	for n := range 1000 {
		r.hosts[at(0, n)] = lie
	}
	r.run(time.Hour)
	p := r.Progress()
	require.Equal(t, Complete, p.Ended)
	require.LessOrEqual(t, p.Answered, cfg.PerHost+1)
	require.LessOrEqual(t, p.Known, cfg.PerSource+cfg.PerHost+1)
	require.Greater(t, p.Known, 100)
	require.Positive(t, r.Counters()[Crowded])
}

// TestWhatIsPublic tells the networks of the crawler's owner from that of all.
func TestWhatIsPublic(t *testing.T) {
	for text, want := range map[string][2]bool{ // askable, public
		"0.0.0.1": {false, true}, "127.0.0.1": {true, false}, "10.1.2.3": {true, false},
		"172.16.0.1": {true, false}, "172.32.0.1": {true, true}, "192.168.9.9": {true, false},
		"169.254.1.1": {true, false}, "100.64.0.1": {true, false}, "100.128.0.1": {true, true},
		"8.8.8.8": {true, true}, "224.0.0.1": {false, true}, "255.255.255.255": {false, true},
		"::1": {true, false}, "::": {false, false}, "::5": {false, false}, "fe80::1": {true, false},
		"fd00::1": {true, false}, "ff02::1": {false, true}, "2001:db8::1": {true, true},
	} {
		a := parse(t, text)
		require.Equal(t, want, [2]bool{askable(a), public(a)}, text)
	}
}
