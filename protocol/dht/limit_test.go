package dht

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

func guardedConfig() Config {
	c := quiet()
	c.SourceLimit, c.SourceBan = 50, 5*time.Minute
	return c
}

// pinged sends the node a ping and reports whether it answered.
func (d *driven) pinged(t require.TestingT, from protocol.Addr) bool {
	d.gets(from, krpc.Writer{}.Ping(nil, []byte("aa"), krpc.ID{Hi: 7}))
	return d.answer(t) != nil
}

// TestSourceLimit lets a host send as much as it may, and once more: it is silenced on all ports,
// whatever it sends, for as long as the ban lasts, and nobody else is.
func TestSourceLimit(t *testing.T) {
	d := newDriven(t, guardedConfig())
	from, other := host(1, 1), host(2, 1)
	for range 49 {
		require.True(t, d.pinged(t, from))
	}
	diff := d.counted(func() { require.False(t, d.pinged(t, from)) })
	require.Equal(t, map[Reason]uint64{Banned: 1}, diff)
	require.True(t, d.pinged(t, other))
	banned := d.turn.Now
	for _, after := range []time.Duration{1, time.Minute, 5*time.Minute - 1} {
		d.turn.Now = banned.Add(after)
		require.False(t, d.pinged(t, from.WithPort(2)))
		diff := d.counted(func() { d.gets(from, []byte("junk")) })
		require.Equal(t, map[Reason]uint64{Banned: 1}, diff, "not even read")
	}
	d.turn.Now = banned.Add(5 * time.Minute)
	for range 49 {
		require.True(t, d.pinged(t, from), "the ban is over")
	}
	require.False(t, d.pinged(t, from), "and the next one begins")
}

// TestSourceLimitCountsAWindow sends for an hour just below the limit, by two clocks.
func TestSourceLimitCountsAWindow(t *testing.T) {
	d := newDriven(t, guardedConfig())
	end := d.turn.Now.Add(time.Hour)
	for sent := 0; d.turn.Now < end; sent++ {
		require.True(t, d.pinged(t, host(1, 1)), "after %d", sent)
		if sent%49 == 48 {
			d.turn.Now = d.turn.Now.Add(sourceWindow)
		}
	}
	for range 1000 {
		require.True(t, d.pinged(t, host(2, 1)))
		d.turn.Now = d.turn.Now.Add(sourceWindow/49 + 1)
	}
	require.Zero(t, d.Counters()[Banned])
}

// TestSourceLimitOfNetworks: an IPv6 host has a /64, and is one source with all of it.
func TestSourceLimitOfNetworks(t *testing.T) {
	d := newDriven(t, guardedConfig())
	at := func(net, low byte) protocol.Addr {
		return protocol.Addr6([]byte{0x20, 1, 7: net, 15: low}, 6881)
	}
	for n := range 60 {
		require.Equal(t, n < 49, d.pinged(t, at(1, byte(n))))
	}
	require.True(t, d.pinged(t, at(2, 1)))
}

// TestSourceLimitForgets floods from more hosts than are counted: those that sent least are
// forgotten, the banned one is not, and memory stays what it was.
func TestSourceLimitForgets(t *testing.T) {
	d := newDriven(t, guardedConfig())
	for range 60 {
		d.pinged(t, host(1, 1))
	}
	for n := range 10000 {
		require.True(t, d.pinged(t, host(2+n, 1)))
	}
	require.False(t, d.pinged(t, host(1, 1)))
	require.Equal(t, []int{1, 1}, []int{d.guards.inUse(), d.sources.inUse()})
	for n := range trackedSources - 1 { // all places are taken by hosts that sent more
		for range 10 {
			d.pinged(t, host(50000+n, 1))
		}
	}
	require.True(t, d.pinged(t, host(60000, 1)))
	require.False(t, d.pinged(t, host(1, 1)))
	d.Drop(0)
	require.Zero(t, d.guards.inUse()+d.sources.inUse())
}

// TestSourceLimitTwin compares with a list of all hosts and all times, as long as they are few.
func TestSourceLimitTwin(t *testing.T) {
	cfg := guardedConfig()
	cfg.SourceLimit, cfg.SourceBan = 10, 30*time.Second
	d := newDriven(t, cfg)
	type account struct {
		start, banned protocol.Time
		count         int
	}
	twin := map[protocol.Addr]*account{}
	draw, silenced := protocol.NewRand(8, 0, 0), 0
	for range 20000 {
		d.turn.Now = d.turn.Now.Add(time.Duration(draw.Uint64n(400)) * time.Millisecond)
		from := host(draw.Intn(1+draw.Intn(20)), 1) // the low ones most
		a := twin[from]
		if a == nil {
			a = &account{start: d.turn.Now}
			twin[from] = a
		}
		if a.banned > 0 && d.turn.Now >= a.banned.Add(cfg.SourceBan) ||
			a.banned == 0 && d.turn.Now >= a.start.Add(sourceWindow) {
			*a = account{start: d.turn.Now}
		}
		a.count++
		if a.count == cfg.SourceLimit {
			a.banned = d.turn.Now
		}
		if a.banned > 0 {
			silenced++
		}
		require.Equal(t, a.banned == 0, d.pinged(plain{t}, from))
	}
	require.Greater(t, silenced, 1000)
	require.Less(t, silenced, 15000)
	require.Equal(t, uint64(silenced), d.Counters()[Banned])
}

// TestBannedAnswers: a source that sends too many is not heard even if we asked it.
func TestBannedAnswers(t *testing.T) {
	d := newDriven(t, guardedConfig())
	from := somebody(1)
	for range 50 {
		d.gets(from.Addr, []byte("junk"))
	}
	diff := d.counted(func() { d.votes(from, protocol.Addr{}) })
	require.Equal(t, map[Reason]uint64{Banned: 1}, diff)
	d.turn.Now = d.turn.Now.Add(d.cfg.QueryTimeout)
	diff = d.counted(func() { d.Wake(0, &d.turn) })
	require.Equal(t, map[Reason]uint64{TimedOut: 1}, diff)
}

// TestQueryRate empties the bucket of jech/dht: 400 at once, then 100 for each second passed, but
// only once it is empty, and never more than 400. Answers to us need no token.
func TestQueryRate(t *testing.T) {
	cfg := quiet()
	cfg.QueryRate, cfg.QueryBurst = 100, 400
	d := newDriven(t, cfg)
	answered := func() (n int) {
		for from := 0; ; from++ {
			if !d.pinged(t, host(from, 1)) {
				return n
			}
			n++
		}
	}
	require.Equal(t, 400, answered())
	d.turn.Now = d.turn.Now.Add(time.Second - 1)
	require.Zero(t, answered())
	d.turn.Now++
	require.Equal(t, 100, answered())
	d.turn.Now = d.turn.Now.Add(3 * time.Second)
	require.True(t, d.pinged(t, host(1, 1)))
	d.turn.Now = d.turn.Now.Add(time.Hour)
	require.Equal(t, 299, answered()-400, "what was left of three seconds, then as much as fits")

	before := d.Counters()
	d.votes(somebody(1), protocol.Addr{})
	require.Equal(t, before[Matched]+1, d.Counters()[Matched])
	d.gets(host(1, 1), []byte("d1:q4:ping1:t2:aa1:y1:qe"))
	require.Equal(t, before[Limited]+1, d.Counters()[Limited], "errors are answers, too")
	require.Zero(t, d.out.Sends())
	d.gets(host(1, 1), []byte("d1:q4:ping1:t2:aa1:y1:q"))
	require.Equal(t, before[Junk]+1, d.Counters()[Junk], "junk takes no token")
}

// TestProtectionDoesNotAllocate: the guard exists after the first datagram.
func TestProtectionDoesNotAllocate(t *testing.T) {
	cfg := guardedConfig()
	cfg.QueryRate, cfg.QueryBurst, cfg.SecureIDs = 100, 400, SecureIDsEnforced
	cfg.WithholdTokens, cfg.PeerPorts, cfg.TokenPort = true, true, true
	d := newDriven(t, cfg, crowd(100, somebody)...)
	n := 0
	var p []byte
	visit := func() {
		n++
		d.turn.Now = d.turn.Now.Add(10 * time.Millisecond)
		p = krpc.Writer{Want4: true, Want6: true}.GetPeers(p[:0], []byte("aa"), krpc.ID{Hi: 7},
			krpc.ID{Hi: uint64(n) << 40})
		d.gets(host(n%100, 1), p)
	}
	visit()
	require.Zero(t, testing.AllocsPerRun(2000, visit))
	require.Positive(t, d.Counters()[Answered])

	from, me := somebody(900), somebody(901).Addr
	require.True(t, d.votes(from, me))
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		n++
		d.votes(Contact{from.ID, host(n%30000, 1)}, me)
	}))
	_, ok := d.External(0)
	require.True(t, ok)
}
