package sim

import (
	"encoding/binary"
	"time"

	"swarmlab/protocol"
)

// steady is a network with one delay for all and, if loss is not 0, a loss of one in that many.
type steady struct {
	delay time.Duration
	loss  uint64
}

func (n steady) MinDelay() time.Duration { return n.delay }

func (n steady) Path(src, dst, seq uint32, _ int) (time.Duration, bool) {
	if n.loss == 0 {
		return n.delay, false
	}
	r := protocol.NewRand(uint64(src), uint64(dst), uint64(seq))
	return n.delay, r.Uint64n(n.loss) == 0
}

// varied is a network whose delays lie between 1 and 256 ms.
type varied struct{ loss uint64 }

func (n varied) MinDelay() time.Duration { return time.Millisecond }

func (n varied) Path(src, dst, seq uint32, _ int) (time.Duration, bool) {
	h := protocol.Mix(uint64(src)<<32|uint64(dst)) + protocol.Mix(uint64(seq))
	delay := time.Millisecond + time.Duration(h%uint64(255*time.Millisecond))
	return delay, n.loss != 0 && protocol.Mix(h)%n.loss == 0
}

// chatter is a group whose cores each keep one datagram of some size going: every datagram is
// answered to a random node, and a core that hears nothing for a while starts anew.
type chatter struct {
	size    int
	nodes   uint64
	patient time.Duration
	heard   []uint32
	scratch []byte
}

func newChatter(nodes, size int) *chatter {
	return &chatter{
		size: size, nodes: uint64(nodes), patient: 5 * time.Second,
		heard: make([]uint32, nodes), scratch: make([]byte, size),
	}
}

func (g *chatter) Len() int                         { return len(g.heard) }
func (g *chatter) Start(i uint32, t *protocol.Turn) { g.speak(i, t) }
func (g *chatter) Wake(i uint32, t *protocol.Turn)  { g.speak(i, t) }
func (g *chatter) Stop(i uint32, t *protocol.Turn)  { g.speak(i, t) }
func (g *chatter) Drop(i uint32)                    { g.heard[i] = 0 }

func (g *chatter) Datagram(i uint32, t *protocol.Turn, _ protocol.Addr, p []byte) {
	g.heard[i] += uint32(len(p))
	g.speak(i, t)
}

func (g *chatter) speak(i uint32, t *protocol.Turn) {
	binary.LittleEndian.PutUint64(g.scratch, t.Rand.Uint64())
	binary.LittleEndian.PutUint32(g.scratch[8:], g.heard[i])
	t.Out.SendTo(AddrOf(uint32(t.Rand.Uint64n(g.nodes))), g.scratch)
	t.Out.WakeAt(t.Now.Add(g.patient))
}
