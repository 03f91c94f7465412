package netmodel

import (
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// all is a population of one class, with a timeout of a minute.
func all(c Class) Reach {
	r := Reach{Timeout: time.Minute}
	r.Shares[c] = Certain
	return r
}

// gatesOf returns fresh gates; a Reach with nobody behind a gate has none.
func gatesOf(t testing.TB, nodes int, r Reach) (*Network, *Gates) {
	n := mustNew(t, Config{Seed: 21, Nodes: nodes, Latency: Constant{}, Reach: r})
	return n, n.NewGates()
}

type endpoint struct {
	node, remote uint32
	port         uint16
}

type opening struct {
	last    protocol.Time
	own     uint16
	answers int
}

// naive does what Gates does, from the words of RFC 4787, with a map that forgets nothing.
type naive struct {
	class Class
	open  map[endpoint]*opening
	host  map[uint32]protocol.Time // when a node last sent anything
}

func (m *naive) key(node, remote uint32, port uint16) endpoint {
	if m.class == Restricted {
		port = 0
	}
	return endpoint{node, remote, port}
}

func (m *naive) out(now protocol.Time, node, remote uint32, port, own uint16) (fresh bool) {
	m.host[node] = now
	o := m.open[m.key(node, remote, port)]
	fresh = o == nil || now.Sub(o.last) >= time.Minute
	if fresh {
		o = &opening{own: own}
		m.open[m.key(node, remote, port)] = o
	}
	o.last = now
	o.answers++
	return fresh
}

func (m *naive) in(now protocol.Time, node uint32, to uint16, remote uint32, from uint16) bool {
	if m.class != Symmetric && to != HomePort {
		return false
	}
	sent, ever := m.host[node]
	o := m.open[m.key(node, remote, from)]
	alive := o != nil && now.Sub(o.last) < time.Minute
	switch m.class {
	case Open:
		return true
	case FullCone:
		return ever && now.Sub(sent) < time.Minute
	case Symmetric:
		return alive && o.own == to
	case Firewalled:
		if !alive || o.answers == 0 {
			return false
		}
		o.answers--
	}
	return alive
}

// Each class against the naive model, with few and with many endpoints, so that tables double.
func TestGatesFollowTheirRules(t *testing.T) {
	for c := FullCone; c <= Firewalled; c++ {
		_, g := gatesOf(t, 4, all(c))
		m := naive{c, map[endpoint]*opening{}, map[uint32]protocol.Time{}}
		r := protocol.NewRand(5, uint64(c), 0)
		now, in, out := protocol.Time(0), 0, 0
		owns := map[uint16]bool{}
		for step := range 60_000 {
			pause := 2 * time.Second / time.Duration(1+step/20_000*9)
			now += protocol.Time(r.Uint64n(uint64(pause)))
			node := uint32(r.Intn(4))
			remote, port := uint32(r.Intn(60)), uint16(HomePort+r.Intn(3))
			if r.Intn(2) == 0 {
				own := g.Out(now, node, remote, port)
				before := m.open[m.key(node, remote, port)]
				if m.out(now, node, remote, port, own) {
					owns[own] = true
				} else {
					require.Equal(t, before.own, own, "a live mapping keeps its port")
				}
				continue
			}
			to := uint16(HomePort)
			if o := m.open[m.key(node, remote, port)]; o != nil && r.Intn(4) > 0 {
				to = o.own
			} else if r.Intn(9) == 0 {
				to++
			}
			want := m.in(now, node, to, remote, port)
			require.Equal(t, want, g.In(now, node, to, remote, port), "%v, step %d", c, step)
			if want {
				in++
			} else {
				out++
			}
		}
		require.Greater(t, in, 1000, c)
		require.Greater(t, out, 500, c)
		require.Zero(t, g.Evicted())
		if c == Symmetric {
			require.Len(t, owns, mappedPorts, "ports are drawn anew")
		} else {
			require.Equal(t, map[uint16]bool{HomePort: true}, owns)
		}
	}
}

// The edge of the timeout, to the nanosecond, and who gets in through each class.
func TestWhoGetsIn(t *testing.T) {
	const node, friend, stranger = 0, 1, 2
	for _, c := range []struct {
		class                           Class
		sameAgain, otherPort, otherHost bool
		firstTime                       bool
	}{
		{Open, true, true, true, true},
		{FullCone, true, true, true, false},
		{Restricted, true, true, false, false},
		{PortRestricted, true, false, false, false},
		{Symmetric, true, false, false, false},
		{Firewalled, false, false, false, false},
	} {
		r := all(c.class)
		r.Shares[c.class]--
		r.Shares[(c.class+1)%Class(classes)]++ // nobody in practice, but gates there are
		_, g := gatesOf(t, 3, r)
		require.Equal(t, c.firstTime, g.In(9, node, HomePort, friend, HomePort), c.class)
		own := g.Out(10, node, friend, HomePort)
		require.Equal(t, c.class == Symmetric, own != HomePort)
		last := protocol.Time(10).Add(time.Minute) - 1
		require.True(t, g.In(11, node, own, friend, HomePort), c.class)
		require.Equal(t, c.sameAgain, g.In(last, node, own, friend, HomePort), c.class)
		require.Equal(t, c.otherPort, g.In(last, node, own, friend, HomePort+1), c.class)
		require.Equal(t, c.otherHost, g.In(last, node, own, stranger, HomePort), c.class)
		require.False(t, g.In(last, node, own+1, friend, HomePort), c.class)
		require.Equal(t, c.firstTime, g.In(last+1, node, own, friend, HomePort), c.class)
	}
}

// A table holds what a node needs, up to its bound; then the oldest go.
func TestAGateForgetsTheOldest(t *testing.T) {
	_, g := gatesOf(t, 2, all(PortRestricted))
	const endpoints = 5000
	for i := range uint32(endpoints) {
		g.Out(protocol.Time(i), 0, i, HomePort)
	}
	known, recent := 0, 0
	for i := range uint32(endpoints) {
		if g.In(endpoints, 0, HomePort, i, HomePort) {
			known++
			if i >= endpoints-setEntries*setsMax {
				recent++
			}
		}
	}
	require.Equal(t, setEntries*setsMax, known, "all entries are in use")
	require.EqualValues(t, endpoints-known, g.Evicted())
	require.Greater(t, recent, known*7/10)
	for i := endpoints - setEntries; i < endpoints; i++ {
		require.True(t, g.In(endpoints, 0, HomePort, uint32(i), HomePort), "the last are there")
	}
	// What is forgotten in time makes room: no eviction among few that come and go.
	evicted := g.Evicted()
	for i := range uint32(100_000) {
		g.Out(protocol.Time(i)*protocol.Time(time.Second), 1, i, HomePort)
	}
	require.Equal(t, evicted, g.Evicted())
	require.Equal(t, uint32(16), g.gates[1].table.sets, "60 are alive at any time")
}

// A burst takes memory while it lasts: afterwards the table shrinks, step by step, and what is
// alive stays known, to the nanosecond.
func TestAQuietGateShrinks(t *testing.T) {
	_, g := gatesOf(t, 1, all(PortRestricted))
	now, largest := protocol.Time(0), uint32(0)
	ends := map[uint32]protocol.Time{}
	send := func(remote uint32) {
		g.Out(now, 0, remote, HomePort)
		ends[remote] = now.Add(time.Minute)
		for r, end := range ends {
			require.Equal(t, now < end, g.In(now, 0, HomePort, r, HomePort), "%d at %d", r, now)
			if end.Add(time.Minute) < now {
				delete(ends, r)
			}
		}
	}
	for burst := range uint32(3) {
		for i := range uint32(200) {
			now++
			send(burst*1000 + i)
		}
		largest = max(largest, g.gates[0].table.sets)
		for i := range uint32(100) {
			now = now.Add(10 * time.Second)
			send(burst*1000 + 500 + i)
		}
		require.LessOrEqual(t, g.gates[0].table.sets, uint32(4), "6 are alive")
	}
	require.GreaterOrEqual(t, largest, uint32(32), "200 were")
	require.Zero(t, g.Evicted())
}

func TestGatesAreSmallAndDoNotAllocate(t *testing.T) {
	require.EqualValues(t, 16, unsafe.Sizeof(gate{}))
	require.EqualValues(t, 128, unsafe.Sizeof(set{}), "two cache lines")
	preset, ok := ReachPreset("dht-2010s")
	require.True(t, ok)
	_, g := gatesOf(t, 100, preset)
	now, i := protocol.Time(0), uint32(0)
	step := func() {
		i++
		now = now.Add(10 * time.Millisecond)
		from := g.Out(now, i%100, i*7%97, HomePort)
		g.In(now, i%100, from, i*7%97, HomePort)
	}
	for range 200_000 {
		step()
	}
	require.Zero(t, testing.AllocsPerRun(50_000, step))
}

func BenchmarkGates(b *testing.B) {
	for c := Open; c <= Firewalled; c++ {
		r := all(c)
		r.Shares[c]--
		r.Shares[(c+1)%Class(classes)]++
		_, g := gatesOf(b, 1000, r)
		b.Run(c.String(), func(b *testing.B) {
			b.ReportAllocs()
			now, i, in := protocol.Time(0), uint32(0), 0
			for b.Loop() {
				i++
				now = now.Add(time.Millisecond)
				from := g.Out(now, i%1000, i*2654435761>>22, HomePort)
				if g.In(now, i%1000, from, i*2654435761>>22, HomePort) {
					in++
				}
			}
			require.NotZero(b, in)
		})
	}
}
