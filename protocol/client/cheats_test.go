package client

import (
	"bytes"
	"encoding/binary"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/swarm"
	"swarmlab/protocol/tracker"
)

// trial runs a court twice: as it would be if the crooks were honest, and with their lies.
func trial(t *testing.T, s suit, prepare func(k *court)) (honest, lied *court) {
	cheat := s.cheat
	for _, k := range []**court{&honest, &lied} {
		s.cheat = CheatConfig{}
		if k == &lied {
			s.cheat = cheat
		}
		*k = newCourt(t, s)
		if prepare != nil {
			prepare(*k)
		}
		(*k).run(11*time.Minute, true)
	}
	require.NotEmpty(t, honest.told)
	return honest, lied
}

// crook says whether a user is one.
func (k *court) crook(u audit.User) bool { return int(u) >= k.suit.honest }

// by returns whose peer id an announce has.
func by(q *tracker.Request) audit.User { return audit.User(q.PeerID[3]) }

// numbers reads a statement of either kind, by its form on the wire. A receipt has its bytes as
// received.
type numbers struct {
	report         bool
	by, about      audit.Key
	epoch, number  uint32
	sent, received uint64
}

func (s *statement) numbers() (n numbers) {
	n.report = s.p[0] == audit.ReportKind
	p := s.p[1+1+20:]
	p = p[copy(n.by[:], p):]
	p = p[copy(n.about[:], p):]
	n.epoch, n.number = binary.BigEndian.Uint32(p), binary.BigEndian.Uint32(p[4:])
	n.received = binary.BigEndian.Uint64(p[8:])
	if n.report {
		n.sent, n.received = n.received, binary.BigEndian.Uint64(p[16:])
	}
	return n
}

// sameStreams says that nothing else came on any connection, and at no other time.
func sameStreams(t *testing.T, a, b *court) { require.Equal(t, a.trace.Sum(nil), b.trace.Sum(nil)) }

// compareAnnounces requires that the trackers are told the same, at the same times, but that the
// totals of crooks are changed.
func compareAnnounces(t *testing.T, a, b *court, change func(at int, x *tracker.Totals)) {
	require.Equal(t, a.toldAt, b.toldAt)
	changed := 0
	for n, q := range a.told {
		if a.crook(by(&q)) {
			before := q.Totals
			change(n, &q.Totals)
			if q.Totals != before {
				changed++
			}
		}
		require.Equal(t, q, b.told[n])
	}
	if b.suit.cheat.Kind != Framer && b.suit.cheat.Kind != Withholder {
		require.Positive(t, changed)
	}
}

// compareStatements requires that the office is told the same, but that the reports of crooks are
// changed.
func compareStatements(t *testing.T, a, b *court, change func(x *numbers)) {
	require.Len(t, b.heard, len(a.heard))
	changed := 0
	for n := range a.heard {
		x, y := &a.heard[n], &b.heard[n]
		if !a.crook(x.user) {
			require.Equal(t, *x, *y)
			continue
		}
		want, got := x.numbers(), y.numbers()
		if want.report {
			change(&want)
		}
		require.Equal(t, want, got)
		if !bytes.Equal(x.p, y.p) {
			changed++
		}
	}
	require.Positive(t, changed)
}

// The scaling cheats: one number of each announce and of each report, and nothing else.
func TestMultipliers(t *testing.T) {
	for _, c := range []CheatConfig{
		{Kind: Multiplier, Factor: 1500}, {Kind: Adaptive, Factor: 1100},
		{Kind: UnderReport, Factor: 250},
	} {
		a, b := trial(t, suit{honest: 4, crooks: 3, audit: vouching, cheat: c}, nil)
		sameStreams(t, a, b)
		compareAnnounces(t, a, b, func(_ int, x *tracker.Totals) {
			if c.Kind == UnderReport {
				x.Downloaded = x.Downloaded / 4
				return
			}
			x.Uploaded = x.Uploaded * uint64(c.Factor) / 1000
		})
		compareStatements(t, a, b, func(x *numbers) {
			if c.Kind == UnderReport {
				x.received = x.received / 4
				return
			}
			x.sent = x.sent * uint64(c.Factor) / 1000
		})
		require.Equal(t, a.truth(), b.truth())
		require.Equal(t, a.office.Bank().Volumes(), b.office.Bank().Volumes(), "nobody signs lies")
		if c.Kind != UnderReport {
			require.Equal(t, a.office.CrossBook().Volumes(audit.Least),
				b.office.CrossBook().Volumes(audit.Least), "a lone liar gains nothing")
		}
	}
}

// invented is what a client makes up until an announce that was heard then.
func (k *court) invented(n int) uint64 {
	began := protocol.Time(by(&k.told[n]))*protocol.Time(300*time.Millisecond) + 1
	sent := k.toldAt[n].Add(-(leaky{}).MinDelay())
	return uint64(sent.Sub(began)) * k.suit.cheat.Rate / uint64(time.Second)
}

// An invented rate is announced whatever is uploaded. Reports share it out among the partners.
func TestConstantRate(t *testing.T) {
	c := CheatConfig{Kind: Constant, Rate: 10_007}
	a, b := trial(t, suit{honest: 4, crooks: 3, audit: vouching, cheat: c}, nil)
	sameStreams(t, a, b)
	compareAnnounces(t, a, b, func(n int, x *tracker.Totals) { x.Uploaded += b.invented(n) })
	require.Equal(t, a.office.Bank().Volumes(), b.office.Bank().Volumes())
	require.Equal(t, a.office.CrossBook().Volumes(audit.Least),
		b.office.CrossBook().Volumes(audit.Least))
	// What it states of all of them is the rate over the time in which it reports.
	claimed, true0 := map[audit.Key]uint64{}, map[audit.Key]uint64{}
	const crook = 5
	for _, k := range []*court{a, b} {
		for n := range k.heard {
			if x := k.heard[n].numbers(); k.heard[n].user == crook && x.report {
				if k == a {
					true0[x.about] = x.sent
				} else {
					claimed[x.about] = x.sent
				}
			}
		}
	}
	sum := uint64(0)
	for who, n := range claimed {
		require.Greater(t, n, true0[who])
		sum += n - true0[who]
	}
	require.InDelta(t, 10_007*660, sum, 10_007*40)
}

// A seed that has nothing, where nobody is: it says that it has everything, and uploads.
func TestFakeSeed(t *testing.T) {
	c := CheatConfig{Kind: FakeSeed, Rate: 5000}
	k := newCourt(t, suit{honest: 1, crooks: 2, audit: vouching, cheat: c})
	k.run(11*time.Minute, true)
	seen := 0
	for n, q := range k.told {
		require.NotEqual(t, tracker.Completed, q.Event)
		if !k.crook(by(&q)) {
			continue
		}
		seen++
		require.Equal(t, tracker.Totals{Uploaded: k.invented(n)}, q.Totals)
	}
	require.Equal(t, 2*4, seen, "two start, come again twice, and leave")
	require.Empty(t, k.truth())
	require.Empty(t, k.heard, "there is nobody to report about")
	p, _ := k.groups[1].Swarm().Progress(0, 0)
	require.Zero(t, p.Have)
}

// Who announces nothing takes part all the same, where it knows somebody.
func TestGhost(t *testing.T) {
	meet := func(k *court) { k.world.ActAt(4, protocol.Time(3*time.Second), actMeet) }
	a, b := trial(t, suit{honest: 4, crooks: 1, audit: vouching, cheat: CheatConfig{Kind: Ghost}},
		meet)
	ghost := audit.User(4)
	for _, k := range []*court{a, b} {
		said := 0
		for _, q := range k.told {
			if by(&q) == ghost {
				said++
			}
		}
		for n := range k.heard {
			x := k.heard[n].numbers()
			if k.users[x.by] == ghost || k.users[x.about] == ghost {
				said++
			}
		}
		require.Equal(t, k == b, said == 0, "%d", said)
		got := uint64(0)
		for pair, n := range k.truth() {
			if pair[1] == ghost {
				got += n
			}
		}
		require.GreaterOrEqual(t, got, k.torrent.Geometry.Total)
	}
}

// conspire tells all crooks the ring, in order.
func conspire(k *court) {
	n := k.suit.crooks
	for i := range n {
		var rest []Accomplice
		for step := range n - 1 {
			next := uint32((i + 1 + step) % n)
			key := audit.KeyOf(keyOf(uint32(k.suit.honest) + next))
			rest = append(rest, Accomplice{key, next})
		}
		k.groups[1].Conspire(uint32(i), rest)
	}
}

// without returns the flows that are not among crooks, and those that are.
func (k *court) without(flows []audit.Flow) (others, among map[[2]audit.User]uint64) {
	others = credited(flows)
	among = maps.Clone(others)
	maps.DeleteFunc(others, func(p [2]audit.User, _ uint64) bool {
		return k.crook(p[0]) && k.crook(p[1])
	})
	maps.DeleteFunc(among, func(p [2]audit.User, _ uint64) bool {
		return !k.crook(p[0]) || !k.crook(p[1])
	})
	return others, among
}

// Rings invent transfers among themselves: with each, or to the next one. Trackers, reports and
// receipts have them all, and agree; what is between them and the honest is as it was.
func TestRings(t *testing.T) {
	for _, c := range []struct {
		kind   Cheat
		crooks int
		factor uint64 // partners for whom transfers are invented
		both   bool
	}{{Collusion, 2, 1, true}, {Collusion, 3, 2, true}, {Sybil, 4, 1, false}} {
		cheat := CheatConfig{Kind: c.kind, Rate: 20_000}
		a, b := trial(t, suit{honest: 3, crooks: c.crooks, audit: vouching, cheat: cheat}, conspire)
		compareAnnounces(t, a, b, func(n int, x *tracker.Totals) {
			x.Uploaded += c.factor * b.invented(n)
			x.Downloaded += c.factor * b.invented(n)
		})
		require.Equal(t, a.truth(), b.truth())
		flows := func(k *court) [2][]audit.Flow {
			return [2][]audit.Flow{k.office.CrossBook().Flows(audit.Least, nil),
				k.office.Bank().Flows(nil)}
		}
		before, after := flows(a), flows(b)
		for method := range before {
			others, _ := a.without(before[method])
			same, ring := b.without(after[method])
			require.Equal(t, others, same, "method %d", method)
			truth := b.truth()
			for i := range c.crooks {
				next := b.suit.honest + (i+1)%c.crooks
				pair := [2]audit.User{audit.User(b.suit.honest + i), audit.User(next)}
				more := ring[pair] - truth[pair]
				require.InDelta(t, 20_000*660, more, 20_000*30, "method %d, %v", method, pair)
				back := [2]audit.User{pair[1], pair[0]}
				if !c.both && c.crooks > 2 {
					require.LessOrEqual(t, ring[back], truth[back])
				}
			}
		}
		require.Zero(t, b.office.CrossBook().Counts.Refused())
		counts := &b.office.Bank().Counts
		require.Equal(t, counts[audit.Stale], counts.Refused(), "but what was said again")
	}
}

// Who withholds signs for nothing, and reports that it got nothing; it is served all the same.
func TestWithholder(t *testing.T) {
	c := CheatConfig{Kind: Withholder}
	a, b := trial(t, suit{honest: 3, crooks: 2, audit: vouching, cheat: c}, nil)
	compareAnnounces(t, a, b, func(int, *tracker.Totals) {})
	require.Equal(t, a.truth(), b.truth())
	require.Zero(t, b.groups[1].Counters().Signed)
	require.Positive(t, a.groups[1].Counters().Signed)
	for n := range b.heard {
		x := b.heard[n].numbers()
		if by := b.users[x.by]; b.crook(by) {
			require.True(t, x.report)
			require.Zero(t, x.received)
		}
	}
	for pair, n := range credited(b.office.Bank().Flows(nil)) {
		require.False(t, b.crook(pair[1]))
		require.Equal(t, credited(a.office.Bank().Flows(nil))[pair], n, "others are not touched")
	}
}

// Those who are strict serve a withholder no more than a window and what may be under way; the
// honest get all they want.
func TestStrictSendersStopServing(t *testing.T) {
	for _, strangers := range []bool{false, true} {
		strict := vouching
		strict.Strict = true
		k := newCourt(t, suit{honest: 5, crooks: 1, audit: strict, strangers: strangers,
			cheat: CheatConfig{Kind: Withholder}})
		k.run(10*time.Minute, true)
		const most = 64<<10 + 500<<10 + swarm.BlockSize
		got := 0
		for pair, n := range k.truth() {
			if k.crook(pair[1]) {
				require.LessOrEqual(t, n, uint64(most))
				got++
			}
		}
		require.Positive(t, got)
		for u, v := range k.office.CrossBook().Volumes(audit.Least)[:5] {
			if u > 0 {
				require.GreaterOrEqual(t, v.Down, k.torrent.Geometry.Total)
			}
		}
		if !strangers {
			require.Positive(t, k.groups[0].Counters().Cut)
		}
	}
}

// Framers deny what their victim sent, and claim to have sent it something; all else is as ever.
// Receipts cannot be used for that.
func TestFramers(t *testing.T) {
	const victim = 1
	c := CheatConfig{Kind: Framer, Rate: 30_000}
	a, b := trial(t, suit{honest: 4, crooks: 3, audit: vouching, cheat: c}, func(k *court) {
		for i := range k.suit.crooks {
			k.groups[1].Frame(uint32(i), audit.KeyOf(keyOf(victim)))
		}
	})
	sameStreams(t, a, b)
	compareAnnounces(t, a, b, func(int, *tracker.Totals) {})
	require.Equal(t, a.office.Bank().Volumes(), b.office.Bank().Volumes())
	lies := 0
	for n := range b.heard {
		x := b.heard[n].numbers()
		if !x.report || !b.crook(b.users[x.by]) || b.users[x.about] != victim {
			continue
		}
		require.Zero(t, x.received)
		require.Positive(t, x.sent)
		lies++
	}
	require.Greater(t, lies, 3*10)
	slack := a.disputes()
	before := a.office.CrossBook().Standings(slack, 0)
	after := b.office.CrossBook().Standings(slack, 0)
	for u := range after {
		want := before[u]
		if u == victim {
			want.Disputed += 3
		} else if b.crook(audit.User(u)) {
			want.Disputed++
		}
		require.Equal(t, want, after[u], "user %d", u)
	}
}

// What is for the owner to do changes nothing by itself.
func TestSharedAndWhitewash(t *testing.T) {
	for _, kind := range []Cheat{Shared, Whitewash} {
		a, b := trial(t, suit{honest: 3, crooks: 2, audit: vouching,
			cheat: CheatConfig{Kind: kind}}, nil)
		sameStreams(t, a, b)
		require.Equal(t, a.told, b.told)
		require.Equal(t, a.heard, b.heard)
	}
}

// Two clients of one account: what they do with the same partner is taken for one series of
// statements begun anew, so that the account may be credited too little, but never too much.
func TestSharedAccount(t *testing.T) {
	k := newCourt(t, suit{honest: 4, crooks: 2, audit: vouching, cheat: CheatConfig{Kind: Shared}})
	const account, second = 4, 5
	k.groups[1].Enrol(1, keyOf(account), k.world.AddrOf(7))
	k.run(5*time.Minute, true)
	truth := map[[2]audit.User]uint64{}
	for pair, n := range k.truth() {
		for end := range pair {
			if pair[end] == second {
				pair[end] = account
			}
		}
		truth[pair] += n
	}
	counts := k.groups[1].Counters().Receipts
	require.Zero(t, counts.Refused())
	for _, flows := range [][]audit.Flow{k.office.Bank().Flows(nil),
		k.office.CrossBook().Flows(audit.Least, nil)} {
		got, sum := credited(flows), uint64(0)
		for pair, n := range got {
			require.LessOrEqual(t, n, truth[pair])
			if pair[0] != account && pair[1] != account {
				require.LessOrEqual(t, truth[pair]-n, uint64(vouching.Window))
			}
			if pair[1] == account {
				sum += n
			}
		}
		require.Greater(t, sum, k.torrent.Geometry.Total/2)
	}
	require.Zero(t, k.office.CrossBook().Counts[audit.Self])
}

// Who comes back as another one begins with nothing, and owes nothing.
func TestWhitewashedAccount(t *testing.T) {
	k := newCourt(t, suit{honest: 3, crooks: 1, audit: vouching,
		cheat: CheatConfig{Kind: Whitewash}})
	const before, after = 3, 9
	k.world.Run(protocol.Time(time.Minute))
	k.world.StopAt(before, k.world.Now()+1)
	k.world.Run(k.world.Now().Add(time.Minute))
	old := k.truth()
	k.groups[1].Assign(0, [20]byte{'-', 'S', 'L', after}, k.world.AddrOf(before))
	k.groups[1].Enrol(0, keyOf(after), k.world.AddrOf(5))
	k.users[audit.KeyOf(keyOf(after))] = after
	k.start(before, k.world.Now()+1)
	k.run(5*time.Minute, true)
	now := k.truth()
	volumes := k.office.CrossBook().Volumes(audit.Least)
	sum := func(truth map[[2]audit.User]uint64) (n uint64) {
		for pair, bytes := range truth {
			if pair[1] == before {
				n += bytes
			}
		}
		return n
	}
	require.GreaterOrEqual(t, sum(old), k.torrent.Geometry.Total)
	require.Equal(t, sum(old), volumes[before].Down)
	require.Equal(t, sum(now)-sum(old), volumes[after].Down)
	require.GreaterOrEqual(t, volumes[after].Down, k.torrent.Geometry.Total)
}

func TestCheatsAreNamed(t *testing.T) {
	require.Len(t, Cheats(), 14)
	require.Equal(t, "honest", Cheats()[Honest])
	require.Equal(t, "withholder", Cheats()[8], "A8")
	require.Equal(t, "adaptive", Cheats()[13], "A13")
	require.Equal(t, []string{"libtorrent", "transmission", "anacrolix", "webtorrent",
		"libtorrent-true"}, Reportings())
	for _, c := range []CheatConfig{{Kind: Multiplier, Factor: 1000}, {Kind: Adaptive},
		{Kind: UnderReport, Factor: 1000}, {Kind: Constant}, {Kind: FakeSeed, Rate: 1 << 41},
		{Kind: cheats}} {
		cfg := Default()
		cfg.Cheat = c
		require.Error(t, cfg.Validate())
	}
	for _, c := range []AuditConfig{{Window: 1}, {Strict: true}, {Settle: 1}} {
		cfg := Default()
		cfg.Audit = c
		require.Error(t, cfg.Validate())
	}
}

// Haves are the business of the peers' part: it is told at which pace to pretend.
func TestFakeHavesAreLeftToThePeer(t *testing.T) {
	c := CheatConfig{Kind: FakeHave, Rate: 65536}
	k := newCourt(t, suit{honest: 0, crooks: 2, audit: vouching, cheat: c})
	k.run(25*time.Second, false)
	held := uint32(0)
	k.groups[1].Swarm().EachConn(0, 0, k.world.Now(), func(v *swarm.ConnView) { held = v.Held })
	require.EqualValues(t, 29, held, "30 seconds, less 0.3 and what is on the way")
	require.Empty(t, k.truth())
}
