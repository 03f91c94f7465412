package overlay

import (
	"encoding/binary"
	"fmt"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// greetTries is how often an address is pinged that does not answer.
const greetTries = 3

// greeting is a ping to an address and what came back.
type greeting struct {
	addr    protocol.Addr
	tids    [greetTries]uint32
	sent    [greetTries]protocol.Time
	over    bool // answered, with an id or with an error
	id      krpc.ID
	rtt     time.Duration
	version string        // the node's program, as it names itself
	seenAs  protocol.Addr // our address as the node sees it; zero if it does not say
	refusal string        // the error it answered with; empty if it answered well
}

func (g *greeting) answered() bool { return g.over && g.refusal == "" }

// greeter pings addresses whose ids are not known, each until it answers or time is up.
type greeter struct {
	self     krpc.ID
	patience time.Duration // from the first ping to giving up
	all      []greeting

	tries  int
	start  protocol.Time
	packet []byte
	msg    krpc.Message
}

// wake sends what is due and reports whether the greeting is over.
func (g *greeter) wake(t *protocol.Turn) (over bool) {
	if g.tries == 0 {
		g.start = t.Now
	}
	if g.complete() || t.Now >= g.start.Add(g.patience) {
		return true
	}
	for g.tries < greetTries && t.Now >= g.due(g.tries) {
		for k := range g.all {
			if !g.all[k].over {
				g.ping(t, &g.all[k])
			}
		}
		g.tries++
	}
	t.Out.WakeAt(g.due(g.tries))
	return false
}

// due returns when a try is to be made; after the last one, when to give up.
func (g *greeter) due(try int) protocol.Time {
	return g.start.Add(g.patience * time.Duration(try) / greetTries)
}

func (g *greeter) ping(t *protocol.Turn, to *greeting) {
	tid := uint32(t.Rand.Uint64())
	to.tids[g.tries], to.sent[g.tries] = tid, t.Now
	w := krpc.Writer{Version: krpc.Version, ReadOnly: true} // we do not stay
	g.packet = w.Ping(g.packet[:0], binary.BigEndian.AppendUint32(nil, tid), g.self)
	t.Out.SendTo(to.addr, g.packet)
}

func (g *greeter) complete() bool {
	for k := range g.all {
		if !g.all[k].over {
			return false
		}
	}
	return true
}

// datagram takes an answer; anything else is passed over.
func (g *greeter) datagram(t *protocol.Turn, from protocol.Addr, p []byte) {
	m := &g.msg
	if krpc.Decode(p, m) != krpc.OK || m.Kind == krpc.Query || len(m.T) != 4 {
		return
	}
	tid := binary.BigEndian.Uint32(m.T)
	for k := range g.all {
		to := &g.all[k]
		for try := range g.tries {
			if to.over || to.addr != from || to.tids[try] != tid {
				continue
			}
			to.over, to.id, to.rtt = true, m.ID, t.Now.Sub(to.sent[try])
			to.version = programName(m.Version)
			to.seenAs, _ = krpc.ParsePeer(m.IP)
			if m.Kind == krpc.Error {
				to.refusal = fmt.Sprintf("error %d %.80q", m.Code, m.Text)
			}
		}
	}
}

// programName makes a node's v readable: two letters and, usually, two bytes of version.
func programName(v []byte) string {
	if len(v) == 4 && v[0] > ' ' && v[0] < 0x7f && v[1] > ' ' && v[1] < 0x7f {
		return fmt.Sprintf("%s %d.%d", v[:2], v[2], v[3])
	}
	return fmt.Sprintf("%.16x", v)
}
