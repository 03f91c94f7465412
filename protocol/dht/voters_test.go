package dht

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// votes has the node ping a contact, which answers and says at which address it sees the node. It
// reports whether the answer was taken for one.
func (d *driven) votes(voter Contact, sees protocol.Addr) bool {
	d.out.Reset()
	tid := d.send(0, &d.turn, query{addr: voter.Addr, ref: d.book.Ref(voter.ID, voter.Addr),
		newcomer: NoRef, lookup: nilIndex, purpose: purposePing})
	before := d.counters[Matched]
	d.scratch.packet = krpc.Writer{}.Reply(d.scratch.packet[:0],
		&krpc.Reply{T: tid[:], ID: voter.ID, To: sees})
	d.ballot = append(d.ballot[:0], d.scratch.packet...)
	d.gets(voter.Addr, d.ballot)
	return d.counters[Matched] > before
}

// votingNode returns a node that binds its id to its address, and the ids that it took.
func votingNode(t *testing.T, ids SecureIDs) (*driven, *[]krpc.ID) {
	cfg := quiet()
	cfg.SecureIDs = ids
	var taken []krpc.ID
	d := newDriven(t, cfg)
	d.env.Rebound = func(i uint32, id krpc.ID) {
		require.Zero(t, i)
		require.Equal(t, id, d.ID(0))
		taken = append(taken, id)
	}
	d.polling = true
	return d, &taken
}

// TestExternalAddress elects an address: by 25 hosts, of which no one counts twice, and against a
// minority of liars.
func TestExternalAddress(t *testing.T) {
	d, taken := votingNode(t, SecureIDsIgnored)
	me, lie := protocol.Addr4(0x7c1f4b15, 6881), protocol.Addr4(0x154b1f7c, 6881)
	known := func() bool { _, ok := d.External(0); return ok }
	for range 100 {
		require.True(t, d.votes(somebody(0), me))
	}
	require.False(t, known(), "one voter, one vote")
	require.True(t, d.votes(Contact{somebody(1).ID, somebody(0).Addr.WithPort(7)}, me))
	for n := range 9 {
		d.votes(somebody(100+n), lie)
	}
	for n := range 14 {
		require.False(t, known())
		d.votes(somebody(200+n), me.WithPort(uint16(n)+1))
	}
	require.False(t, known(), "24 votes")
	d.votes(somebody(300), me.WithPort(77))
	a, ok := d.External(0)
	require.True(t, ok)
	require.Equal(t, me.WithPort(77), a, "16 against 9, and the latest port")
	require.Empty(t, *taken)
	require.Equal(t, ownID, d.ID(0))
	d.Drop(0)
	require.False(t, known())
	require.Zero(t, d.ballots.inUse())
}

// TestExternalAddressDisputed: without a clear majority nothing is decided, until there is one.
func TestExternalAddressDisputed(t *testing.T) {
	d, _ := votingNode(t, SecureIDsIgnored)
	me, lie := host(1, 1), host(2, 1)
	for n := range 2 * votesMost {
		d.votes(somebody(n), []protocol.Addr{lie, me, lie, me, me}[n%votesMost%5]) // 3:2
		_, ok := d.External(0)
		require.False(t, ok, "after %d", n)
	}
	for n := range votesNeeded {
		d.votes(somebody(500+n), me)
	}
	a, ok := d.External(0)
	require.True(t, ok)
	require.Equal(t, me, a)
	for n := range votesNeeded { // it has moved
		d.votes(somebody(600+n), lie)
	}
	a, _ = d.External(0)
	require.Equal(t, lie, a)
}

// TestTheLastVoteDecidesNothing: the id that a node takes fits the address that won, also where the
// vote that ended the election was for another.
func TestTheLastVoteDecidesNothing(t *testing.T) {
	d, taken := votingNode(t, SecureIDsPreferred)
	me, lie := protocol.Addr4(0x7c1f4b15, 6881), protocol.Addr4(0x154b1f7c, 6881)
	for n := range votesNeeded - 1 {
		d.votes(somebody(n), me)
	}
	require.Empty(t, *taken)
	d.votes(somebody(votesNeeded), lie)
	a, ok := d.External(0)
	require.True(t, ok)
	require.Equal(t, me, a)
	require.Len(t, *taken, 1)
	require.True(t, krpc.ValidID(d.ID(0), me))
	require.False(t, krpc.ValidID(d.ID(0), lie))
}

// TestVotesThatDoNotCount casts invalid votes: of another family, for what is no address, and in
// answers to nothing.
func TestVotesThatDoNotCount(t *testing.T) {
	d, _ := votingNode(t, SecureIDsIgnored)
	for n := range 100 {
		require.True(t, d.votes(somebody(n), somebody6(1).Addr))
		require.True(t, d.votes(somebody6(n), host(1, 1)))
		require.True(t, d.votes(somebody(n), protocol.Addr{}), "without ip")
		require.True(t, d.votes(somebody(n), protocol.Addr4(0xe0000001, 1)))
		require.True(t, d.votes(somebody(n), host(1, 0)))
		var tid [2]byte
		binary.BigEndian.PutUint16(tid[:], uint16(n))
		d.gets(somebody(n).Addr, krpc.Writer{}.Reply(nil, &krpc.Reply{T: tid[:],
			ID: somebody(n).ID, To: host(1, 1)}))
	}
	require.Equal(t, uint64(100), d.Counters()[Unmatched])
	require.Zero(t, d.ballots.inUse())
}

// TestVotesForMany: liars who all name other addresses do not keep the right one out.
func TestVotesForMany(t *testing.T) {
	d, _ := votingNode(t, SecureIDsIgnored)
	me := host(1, 1)
	for n := range 40 {
		lie := host(100+n, 1)
		if n%2 == 1 {
			lie = me
		}
		d.votes(somebody(n), lie)
	}
	a, ok := d.External(0)
	require.True(t, ok)
	require.Equal(t, me, a)
}

// TestRebinding: once a node knows its address it takes an id that BEP 42 allows there, tells its
// owner, and joins again. It keeps it until the address changes.
func TestRebinding(t *testing.T) {
	for _, family := range []func(int) Contact{somebody, somebody6} {
		for _, ids := range []SecureIDs{SecureIDsPreferred, SecureIDsEnforced} {
			d, taken := votingNode(t, ids)
			me := family(1000).Addr
			electFrom(d, family, 0, me)
			require.Len(t, *taken, 1)
			require.True(t, krpc.ValidID(d.ID(0), me))
			require.NotEqual(t, ownID, d.ID(0))
			electFrom(d, family, 100, me)
			require.Len(t, *taken, 1, "it fits")
			moved := family(70000).Addr
			if !moved.Is4() {
				moved = protocol.Addr6([]byte{0x20, 2, 15: 1}, 1)
			}
			require.False(t, krpc.ValidID(d.ID(0), moved))
			electFrom(d, family, 200, moved)
			require.Len(t, *taken, 2)
			require.True(t, krpc.ValidID(d.ID(0), moved))
			d.gets(me, krpc.Writer{}.Ping(nil, []byte("aa"), krpc.ID{Hi: 7}))
			require.Equal(t, d.ID(0), d.answer(t).m.ID, "and answers by it")
		}
	}
}

// electFrom has as many contacts of a family as are needed vote for an address.
func electFrom(d *driven, family func(int) Contact, first int, a protocol.Addr) {
	for n := range votesNeeded {
		voter := family(first + n)
		if !voter.Addr.Is4() { // on a network of its own
			voter.Addr = protocol.Addr6([]byte{0x20, 1, 6: byte(first), 7: byte(n), 15: 1}, 6881)
		}
		d.votes(voter, a)
	}
}

// TestExemptAddresses: in private networks every id is as good as another.
func TestExemptAddresses(t *testing.T) {
	d, taken := votingNode(t, SecureIDsEnforced)
	electFrom(d, somebody, 0, protocol.Addr4(0xc0a80105, 1))
	_, ok := d.External(0)
	require.True(t, ok)
	require.Empty(t, *taken)
	require.Equal(t, ownID, d.ID(0))
}

// TestNobodyAsked: nodes that need not know do not count votes, and need no memory for them.
func TestNobodyAsked(t *testing.T) {
	d := newDriven(t, quiet())
	electFrom(d, somebody, 0, host(1, 1))
	_, ok := d.External(0)
	require.False(t, ok)
	require.Zero(t, d.guards.inUse())
}

// TestNetworkBindsItsIDs starts a network of 40 nodes with random ids, which all find out their
// addresses from each other, take ids that fit, and still form one network.
func TestNetworkBindsItsIDs(t *testing.T) {
	n := &household{at: map[protocol.Addr]*home{}}
	cfg := Default()
	cfg.SecureIDs = SecureIDsPreferred
	seeds := []protocol.Addr{somebody(0).Addr, somebody(1).Addr}
	for range 40 {
		n.add(t, cfg, true, false, seeds, nil)
	}
	for _, h := range n.homes {
		require.False(t, krpc.ValidID(h.id, h.addr[0]))
		n.turn(h, func(t *protocol.Turn) { h.core.Start(0, t) })
		n.pass(100 * time.Millisecond)
	}
	n.pass(3 * time.Hour)
	for _, h := range n.homes {
		a, ok := h.four.External(0)
		require.True(t, ok)
		require.Equal(t, h.addr[0], a)
		require.True(t, krpc.ValidID(h.four.ID(0), a))
		h.id = h.four.ID(0)
	}
	draw, found := protocol.NewRand(9, 9, 9), 0
	for range 40 {
		h, target := n.homes[draw.Intn(40)], krpc.RandomID(&draw)
		r := n.lookup(t, h, h.four, Request{Method: krpc.FindNode, Target: target})
		if r.Closest[0].ID == n.nearest(false, target, h, 1)[0] {
			found++
		}
	}
	require.GreaterOrEqual(t, found, 39)
}
