package client

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/swarm"
	"swarmlab/protocol/tracker"
	"swarmlab/sim"
)

// suit is what differs between courts.
type suit struct {
	honest, crooks int
	cheat          CheatConfig
	audit          AuditConfig
	reporting      Reporting
	strangers      bool // crooks are not enrolled
	pex            bool
	lossy          uint64 // of 1000 datagrams to the office so many are lost
	settings       func(crooks *Config)
}

// court is a simulated world of clients, honest ones from 0, of which the first has everything,
// and crooks; a tracker, and an office that all users are known to.
type court struct {
	t       *testing.T
	suit    suit
	groups  [2]*Group // the honest, the crooks
	office  *audit.Office
	world   *sim.World
	torrent Torrent

	told   announces
	toldAt []protocol.Time
	heard  []statement
	trace  hash.Hash // of all that came on connections
	users  map[audit.Key]audit.User
}

// statement is a datagram to the office.
type statement struct {
	at   protocol.Time
	user audit.User // by whose address it came
	p    []byte
}

const settle = 20 * time.Second

func keyOf(node uint32) ed25519.PrivateKey {
	var seed [ed25519.SeedSize]byte
	binary.BigEndian.PutUint32(seed[:], node+1)
	return ed25519.NewKeyFromSeed(seed[:])
}

func newCourt(t *testing.T, s suit) *court {
	geo := swarm.Geometry{Total: 40*65536 + 777, PieceLength: 65536}
	k := &court{t: t, suit: s, trace: sha256.New(), users: map[audit.Key]audit.User{}}
	clients := uint32(s.honest + s.crooks)
	k.torrent = Torrent{Torrent: swarm.Torrent{InfoHash: [20]byte{9}, Geometry: geo},
		Trackers: [][]string{{"udp://" + sim.AddrOf(clients).String()}}}
	for g, n := range []int{s.honest, s.crooks} {
		cfg := Default()
		cfg.DHT, cfg.Audit, cfg.Reporting, cfg.Swarm.PEX = nil, s.audit, s.reporting, s.pex
		if g == 1 {
			cfg.Cheat = s.cheat
			if s.settings != nil {
				s.settings(&cfg)
			}
		}
		env := Env{Swarm: swarm.Env{Store: blocks{t, geo}}}
		var err error
		k.groups[g], err = New(cfg, env, n)
		require.NoError(t, err)
		k.groups[g].Register(k.torrent)
	}
	for node := range clients {
		g, i := k.at(node)
		g.Assign(i, [20]byte{'-', 'S', 'L', byte(node)}, sim.AddrOf(node))
		k.users[audit.KeyOf(keyOf(node))] = audit.User(node)
		if node < uint32(s.honest) || !s.strangers {
			g.Enrol(i, keyOf(node), sim.AddrOf(clients+1))
		}
	}
	k.convene()
	return k
}

// convene makes the world.
func (k *court) convene() {
	settings := tracker.Defaults()
	settings.Observer = k
	settings.Interval = 5 * time.Minute
	trackers, err := tracker.NewGroup(settings, 1)
	require.NoError(k.t, err)
	k.office = audit.NewOffice(audit.OfficeConfig{Book: audit.BookConfig{PairsMax: 100,
		Pace: audit.Pace{BytesPerSec: 1 << 30, Burst: 1 << 30},
		Users: func(key audit.Key) (audit.User, bool) {
			u, ok := k.users[key]
			return u, ok
		}}})
	clients := uint32(k.suit.honest + k.suit.crooks)
	k.world = sim.New(sim.Config{Seed: 11, Network: leaky{clients + 1, k.suit.lossy}, Actor: k,
		Groups: []protocol.Datagrams{tapped{k.groups[0], k, 0},
			tapped{k.groups[1], k, uint32(k.suit.honest)}, trackers, listening{k.office, k}}})
	k.world.StartAt(clients, 0)
	k.world.StartAt(clients+1, 0)
	for node := range clients {
		k.start(node, protocol.Time(node)*protocol.Time(300*time.Millisecond))
	}
}

// start has a client come, and take part.
func (k *court) start(node uint32, at protocol.Time) {
	k.world.StartAt(node, at)
	k.world.ActAt(node, at+1, actAdd)
}

// at returns the group of a client, and its number there.
func (k *court) at(node uint32) (*Group, uint32) {
	if n := uint32(k.suit.honest); node >= n {
		return k.groups[1], node - n
	}
	return k.groups[0], node
}

func (k *court) Act(node uint32, t *protocol.Turn, code uint32) {
	g, i := k.at(node)
	switch code {
	case actAdd:
		g.Add(i, t, swarm.Entry{All: node == 0 && k.suit.honest > 0})
	case actMeet:
		g.Found(i, t, 0, []protocol.Addr{sim.AddrOf(0)}, swarm.FromManual)
	}
}

// Announced implements tracker.Observer.
func (k *court) Announced(now protocol.Time, q *tracker.Request, _ *tracker.Totals) {
	k.told, k.toldAt = append(k.told, *q), append(k.toldAt, now)
}

// run lets time pass, and then stops everybody, if that is wanted.
func (k *court) run(over time.Duration, stop bool) {
	k.world.Run(k.world.Now().Add(over))
	for node := range uint32(k.suit.honest + k.suit.crooks) {
		if stop {
			k.world.StopAt(node, k.world.Now()+1)
		}
	}
	k.world.Run(k.world.Now().Add(5 * time.Second))
	k.world.Audit()
}

// truth returns the payload that went from one client to another.
func (k *court) truth() (all map[[2]audit.User]uint64) {
	all = map[[2]audit.User]uint64{}
	for _, x := range k.world.Transfers() {
		if x.Content == 0 && x.Delivered > 0 {
			all[[2]audit.User{audit.User(x.From), audit.User(x.To)}] += x.Delivered
		}
	}
	return all
}

// credited returns flows in the form of truth, without those of nothing.
func credited(flows []audit.Flow) (all map[[2]audit.User]uint64) {
	all = map[[2]audit.User]uint64{}
	for _, f := range flows {
		if f.Bytes > 0 {
			all[[2]audit.User{f.From, f.To}] += f.Bytes
		}
	}
	return all
}

// leaky loses datagrams to the office, by a hash of their numbers.
type leaky struct {
	office uint32
	lossy  uint64
}

func (l leaky) Path(src, dst, seq uint32, _ int) (time.Duration, bool) {
	rand := protocol.NewRand(5, uint64(src), uint64(seq))
	return 20 * time.Millisecond, dst == l.office && rand.Uint64n(1000) < l.lossy
}
func (leaky) MinDelay() time.Duration { return 20 * time.Millisecond }

// tapped hears what comes on the connections of clients.
type tapped struct {
	*Group
	k     *court
	first uint32
}

func (x tapped) Data(i uint32, t *protocol.Turn, c protocol.Conn, ch protocol.Chunk) {
	var head [24]byte
	binary.BigEndian.PutUint32(head[:], x.first+i)
	binary.BigEndian.PutUint64(head[4:], uint64(t.Now))
	binary.BigEndian.PutUint64(head[12:], ch.Body.Offset)
	binary.BigEndian.PutUint32(head[20:], ch.Body.Length)
	x.k.trace.Write(head[:])
	x.k.trace.Write(ch.Bytes)
	x.Group.Data(i, t, c, ch)
}

// listening hears what comes to the office.
type listening struct {
	*audit.Office
	k *court
}

func (x listening) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	node, _ := x.k.world.HostOf(from)
	x.k.heard = append(x.k.heard, statement{t.Now, audit.User(node), bytes.Clone(p)})
	x.Office.Datagram(i, t, from, p)
}

var vouching = AuditConfig{Window: 64 << 10, Settle: settle}

// Without lies and losses what both ends report is the truth, and so are receipts, if nobody goes
// before others have what they want of it: for who wants nothing more signs for the rest.
func TestHonestStatementsAreTheTruth(t *testing.T) {
	k := newCourt(t, suit{honest: 8, audit: vouching})
	k.run(3*time.Minute, true)
	truth := k.truth()
	require.Greater(t, len(truth), 8)
	require.Equal(t, truth, credited(k.office.CrossBook().Flows(audit.Least, nil)))
	require.Equal(t, truth, credited(k.office.CrossBook().Flows(audit.Lone, nil)))
	require.Zero(t, k.office.CrossBook().Counts.Refused())
	receipts := credited(k.office.Bank().Flows(nil))
	signed := uint64(0)
	require.Equal(t, truth, receipts)
	for _, n := range receipts {
		signed += n
	}
	require.Greater(t, signed, uint64(4*k.torrent.Geometry.Total))
	most := k.disputes()
	for u, s := range k.office.CrossBook().Standings(most, 0) {
		require.Equal(t, audit.Standing{Partners: 7}, s, "user %d", u)
	}
	c := k.groups[0].Counters()
	require.Equal(t, c.Signed, c.Receipts[audit.OK], "none was lost")
	require.Zero(t, c.Receipts.Refused())
	require.Equal(t, c.Reports, k.office.Tally().Reports)
	require.Equal(t, c.Proofs, k.office.Tally().Receipts)
	require.Equal(t, c.Reports*(1+audit.ReportSize), k.office.Tally().ReportBytes)
	require.LessOrEqual(t, c.Signed, signed/vouching.Window+2*uint64(len(truth)),
		"one a window, and two a connection: when all is there, and when it is closed")
}

// Who goes while it serves loses what is not signed for, and it knows how much that is at most.
// Reports lose nothing.
func TestWhoGoesLosesItsUnsignedTail(t *testing.T) {
	k := newCourt(t, suit{honest: 8, audit: vouching})
	k.world.StopAt(0, protocol.Time(1500*time.Millisecond))
	k.run(3*time.Minute, true)
	truth, receipts := k.truth(), credited(k.office.Bank().Flows(nil))
	require.Equal(t, truth, credited(k.office.CrossBook().Flows(audit.Least, nil)))
	var sent, missing [8]uint64
	for pair, n := range truth {
		require.LessOrEqual(t, receipts[pair], n)
		sent[pair[0]] += n
		missing[pair[0]] += n - receipts[pair]
	}
	for u, n := range missing {
		require.LessOrEqual(t, n, k.groups[0].Unsigned(uint32(u)), "user %d", u)
	}
	require.Positive(t, missing[0])
	require.Greater(t, sent[0], 4*k.groups[0].Unsigned(0), "most of it is signed for")
	k.start(0, k.world.Now())
	before := k.groups[0].Unsigned(0)
	k.run(time.Minute, true)
	require.GreaterOrEqual(t, k.groups[0].Unsigned(0), before, "it is of all runs")
}

// disputes checks that the two ends differ in those pairs where the receiver closed while blocks
// were under way, and returns by how much at most.
func (k *court) disputes() (most uint64) {
	want := make([]uint32, k.suit.honest+k.suit.crooks)
	for _, x := range k.world.Transfers() {
		if x.Content == 0 && x.Lost > 0 {
			want[x.From]++
			want[x.To]++
			most = max(most, x.Lost)
		}
	}
	for u, s := range k.office.CrossBook().Standings(0, 0) {
		require.Equal(k.t, want[u], s.Disputed, "user %d", u)
	}
	return most
}

// Totals say all: although a twentieth of the datagrams is lost, nearly all is credited in the end,
// for it was said again.
func TestStatementsSurviveLosses(t *testing.T) {
	k := newCourt(t, suit{honest: 8, audit: vouching, lossy: 50})
	k.run(5*time.Minute, true)
	lost := k.groups[0].Counters().Reports - k.office.Tally().Reports
	require.Greater(t, lost, uint64(5))
	truth, got := k.truth(), credited(k.office.CrossBook().Flows(audit.Least, nil))
	sum, seen := uint64(0), uint64(0)
	for pair, n := range truth {
		require.LessOrEqual(t, got[pair], n)
		sum, seen = sum+n, seen+got[pair]
	}
	require.GreaterOrEqual(t, seen*100, sum*97)
}

// Who is not enrolled shows no key: nobody states anything, nor does anybody say anything more.
func TestNobodyVouchesForStrangers(t *testing.T) {
	k := newCourt(t, suit{honest: 4, crooks: 4, strangers: true, audit: vouching})
	k.run(2*time.Minute, true)
	for _, s := range k.heard {
		require.Less(t, s.user, audit.User(4))
	}
	require.NotEmpty(t, k.heard)
	require.Zero(t, k.groups[1].Counters().Reports+k.groups[1].Counters().Signed)
}
