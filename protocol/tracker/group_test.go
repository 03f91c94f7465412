package tracker

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// wire is a tracker on UDP and what drives it.
type wire struct {
	t    testing.TB
	g    *Group
	out  protocol.Outbox
	turn protocol.Turn
	rand protocol.Rand
}

func newWire(t testing.TB, change func(*Config)) *wire {
	cfg := Defaults()
	copy(cfg.Secret[:], "a secret of tests")
	if change != nil {
		change(&cfg)
	}
	g, err := NewGroup(cfg, 1)
	require.NoError(t, err)
	w := &wire{t: t, g: g, rand: protocol.NewRand(1, 1, 1)}
	w.turn = protocol.Turn{Rand: &w.rand, Out: &w.out}
	g.Start(0, &w.turn)
	return w
}

// ask returns the answer to a packet; nil if there is none.
func (w *wire) ask(now time.Duration, from protocol.Addr, p []byte) []byte {
	w.out.Reset()
	w.turn.Now = protocol.Time(now)
	w.g.Datagram(0, &w.turn, from, p)
	if w.out.Sends() == 0 {
		return nil
	}
	require.Equal(w.t, 1, w.out.Sends())
	to, answer := w.out.Send(0)
	require.Equal(w.t, from, to)
	return answer
}

// connect returns the connection id that a host is given.
func (w *wire) connect(now time.Duration, from protocol.Addr) uint64 {
	var a Answer
	require.Equal(w.t, OK, ParseAnswer(w.ask(now, from, AppendConnect(nil, 9)), !from.Is4(), &a))
	require.Equal(w.t, ActionConnect, a.Action)
	require.EqualValues(w.t, 9, a.Transaction)
	return a.Connection
}

func TestConversationByUDP(t *testing.T) {
	w := newWire(t, nil)
	var a Answer
	for n := range uint32(3) {
		q := someRequest(n)
		if n == 0 {
			q.Left = 0
		}
		from := q.Addr.WithPort(1000)
		id := w.connect(0, from)
		p := AppendAnnounceRequest(nil, id, 77, &q, "/announce")
		require.Equal(t, OK, ParseAnswer(w.ask(0, from, p), false, &a))
		require.Equal(t, ActionAnnounce, a.Action)
		require.EqualValues(t, 77, a.Transaction)
		require.Equal(t, 30*time.Minute, a.Interval)
		require.Len(t, a.Peers, int(n)*peerSize4)
		require.EqualValues(t, 1, a.Seeders)
		require.EqualValues(t, n, a.Leechers)
	}
	six := someRequest(5)
	six.Addr = protocol.Addr6([]byte("2001:db8 is here"), 6881)
	id := w.connect(0, six.Addr)
	p := AppendAnnounceRequest(nil, id, 77, &six, "")
	require.Equal(t, OK, ParseAnswer(w.ask(0, six.Addr, p), true, &a))
	require.Empty(t, a.Peers, "peers of the other family are of no use by UDP")
	require.EqualValues(t, 3, a.Leechers, "but they are counted")

	p = AppendScrapeRequest(nil, id, 78, [20]byte{}, vectorHash())
	require.Equal(t, OK, ParseAnswer(w.ask(0, six.Addr, p), true, &a))
	unknown, _ := a.CountsAt(0)
	require.Equal(t, Counts{}, unknown)
	known, ok := a.CountsAt(1)
	require.True(t, ok)
	require.Equal(t, Counts{Seeders: 1, Leechers: 3, Downloaders: 3}, known)

	many := make([][20]byte, 200)
	p = AppendScrapeRequest(nil, id, 79, many...)
	require.Equal(t, OK, ParseAnswer(w.ask(0, six.Addr, p), true, &a))
	require.Len(t, a.Counts, ScrapeMax*countsSize)
	drops := w.g.Drops()
	require.Zero(t, drops.Total())
	require.EqualValues(t, 4, w.g.Tracker(0).Tally().Announces)
	require.EqualValues(t, 2, w.g.Tracker(0).Tally().Scrapes)
}

func TestRefusalsByUDP(t *testing.T) {
	w := newWire(t, func(c *Config) { c.Private = true })
	q := someRequest(1)
	p := AppendAnnounceRequest(nil, w.connect(0, q.Addr), 5, &q, "")
	var a Answer
	require.Equal(t, OK, ParseAnswer(w.ask(0, q.Addr, p), false, &a))
	require.Equal(t, ActionError, a.Action)
	require.EqualValues(t, 5, a.Transaction)
	require.Equal(t, notTracked, string(a.Text))
}

// A connection id is good for two minutes after it was sent and for no longer than three, for its
// host and no other.
func TestConnectionIDs(t *testing.T) {
	w := newWire(t, nil)
	q := someRequest(1)
	for _, given := range []time.Duration{0, time.Second, 59 * time.Second, 1000 * time.Hour} {
		id := w.connect(given, q.Addr)
		announce := AppendAnnounceRequest(nil, id, 5, &q, "")
		for age, good := range map[time.Duration]bool{
			0: true, time.Minute: true, 2 * time.Minute: true, 3*time.Minute + 1: false,
			time.Hour: false,
		} {
			require.Equal(t, good, w.ask(given+age, q.Addr, announce) != nil, "%v", age)
		}
		require.NotNil(t, w.ask(given, q.Addr.WithPort(1), announce), "a NAT changed the port")
		require.Nil(t, w.ask(given, someRequest(2).Addr, announce), "another host")
		require.Nil(t, w.ask(given, q.Addr, AppendAnnounceRequest(nil, id^1, 5, &q, "")))
		require.Nil(t, w.ask(given, q.Addr, AppendScrapeRequest(nil, id^1, 5, vectorHash())))
	}
	drops := w.g.Drops()
	require.EqualValues(t, 4*(2+3), drops[BadConnection])
	other := newWire(t, func(c *Config) { c.Secret[0]++ })
	require.NotEqual(t, w.connect(0, q.Addr), other.connect(0, q.Addr))
}

// Who forges an address brings on it no more bytes than he spends.
func TestNothingIsAmplified(t *testing.T) {
	w := newWire(t, func(c *Config) { c.HostRate = 0 })
	for n := range uint32(300) { // a swarm with much to tell
		q := someRequest(n)
		w.ask(0, q.Addr, AppendAnnounceRequest(nil, w.connect(0, q.Addr), 5, &q, ""))
	}
	victim := protocol.Addr4(9<<24|1, 9)
	rand := protocol.NewRand(5, 5, 5)
	q := someRequest(1)
	packets := [][]byte{AppendConnect(nil, 1), append(AppendConnect(nil, 1), make([]byte, 500)...),
		AppendAnnounceRequest(nil, magic, 1, &q, ""), AppendScrapeRequest(nil, 0, 1, vectorHash())}
	for range 2000 {
		p := make([]byte, 16+rand.Intn(200))
		for k := range p {
			p[k] = byte(rand.Uint64())
		}
		binary.BigEndian.PutUint32(p[8:], uint32(rand.Intn(5)))
		packets = append(packets, p)
	}
	answered := 0
	for _, p := range packets {
		a := w.ask(0, victim, p)
		require.LessOrEqual(t, len(a), len(p), "%x", p)
		if a != nil {
			answered++
		}
	}
	require.Equal(t, 2, answered, "connects only")
}

func TestFloodsByUDP(t *testing.T) {
	w := newWire(t, nil)
	from := protocol.Addr4(9<<24|1, 9)
	answered := 0
	for range 10_000 {
		if w.ask(time.Hour, from, AppendConnect(nil, 1)) != nil {
			answered++
		}
	}
	require.Equal(t, int(Defaults().HostBurst), answered)
	drops := w.g.Drops()
	require.EqualValues(t, 10_000-answered, drops[Flood])
	require.NotNil(t, w.ask(time.Hour+time.Second, from, AppendConnect(nil, 1)))
	for _, nobody := range []protocol.Addr{protocol.Addr4(9<<24, 0), protocol.Addr4(0xe0000001, 5),
		{}, protocol.Addr4(0xffffffff, 1)} {
		require.Nil(t, w.ask(2*time.Hour, nobody, AppendConnect(nil, 1)))
	}
}

// Packets stay within one frame, and the counts they are cut to are full.
func TestPacketsFitIntoFrames(t *testing.T) {
	w := newWire(t, func(c *Config) { c.HostRate = 0 })
	for n := range uint32(500) {
		q := someRequest(n)
		if n%2 == 0 {
			q.Addr = protocol.Addr6([]byte(fmt.Sprintf("2001:db8 %07d", n)), 6881)
		}
		w.ask(0, q.Addr, AppendAnnounceRequest(nil, w.connect(0, q.Addr), 5, &q, ""))
	}
	for n, want := range []int{20 + 66*18, 20 + 200*6} {
		q := someRequest(uint32(n))
		if n == 0 {
			q.Addr = protocol.Addr6([]byte(fmt.Sprintf("2001:db8 %07d", n)), 6881)
		}
		q.Want = 1000
		a := w.ask(0, q.Addr, AppendAnnounceRequest(nil, w.connect(0, q.Addr), 5, &q, ""))
		require.Len(t, a, want)
	}
}

// steady is a tracker with peers, and their announces ready to be sent again.
func steady(t testing.TB, torrents, peers uint32) (w *wire, from []protocol.Addr, all [][]byte) {
	w = newWire(t, func(c *Config) { c.HostRate = 0 })
	for n := range peers {
		q := someRequest(n)
		binary.BigEndian.PutUint32(q.InfoHash[:], n%torrents)
		if n%3 == 0 {
			q.Left = 0
		}
		p := AppendAnnounceRequest(nil, w.connect(0, q.Addr), n, &q, "/announce")
		require.NotNil(t, w.ask(0, q.Addr, p))
		from, all = append(from, q.Addr), append(all, p)
	}
	return w, from, all
}

func TestAnnounceByUDPAllocatesNothing(t *testing.T) {
	w, from, all := steady(t, 5, 500)
	n := 0
	connect := AppendConnect(nil, 1)
	scrape := AppendScrapeRequest(nil, w.connect(0, from[0]), 1, vectorHash(), vectorHash())
	require.Zero(t, testing.AllocsPerRun(2000, func() {
		for _, p := range [][]byte{connect, all[n], scrape[:len(scrape):len(scrape)]} {
			w.out.Reset()
			w.g.Datagram(0, &w.turn, from[n], p)
		}
		n = (n + 1) % len(all)
	}))
	require.Greater(t, w.g.Tracker(0).Tally().Announces, uint64(2000))
}

// Announces by UDP, each of which is told of 50 peers; in the first case all fit into a cache.
func BenchmarkAnnounce(b *testing.B) {
	for _, c := range []struct{ torrents, peers uint32 }{{10, 1000}, {1000, 100_000}} {
		b.Run(fmt.Sprintf("torrents=%d/peers=%d", c.torrents, c.peers), func(b *testing.B) {
			w, from, all := steady(b, c.torrents, c.peers)
			b.ReportAllocs()
			n := 0
			began := cpuTime()
			for b.Loop() {
				w.out.Reset()
				w.g.Datagram(0, &w.turn, from[n], all[n])
				if n += 7; n >= len(all) {
					n -= len(all)
				}
			}
			b.ReportMetric(float64(b.N)/(cpuTime()-began).Seconds(), "announces/cpu-s")
		})
	}
}
