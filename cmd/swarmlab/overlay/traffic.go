package overlay

import (
	"fmt"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// traffic is a core that hands everything on to another one and keeps count of the messages that
// pass. It must be read within a turn.
type traffic struct {
	protocol.Datagrams
	in, out flow
	lately  []passage // the newest messages, oldest first
	msg     krpc.Message
}

// flow is what went in one direction.
type flow struct {
	datagrams, bytes uint64
	queries          [krpc.SampleInfohashes + 2]uint64 // by method; the last is for unknown ones
	responses        uint64
	errors           uint64
	junk             uint64
}

// passage is a message that passed.
type passage struct {
	at      protocol.Time
	inward  bool
	other   protocol.Addr
	size    int
	what    string
	program string // that wrote it; empty if it does not say
}

// latelyMost is how many messages are remembered.
const latelyMost = 64

// Start is of protocol.Group, as are Wake and Stop.
func (f *traffic) Start(i uint32, t *protocol.Turn) { f.Datagrams.Start(i, t); f.sent(t) }

// Wake lets time pass.
func (f *traffic) Wake(i uint32, t *protocol.Turn) { f.Datagrams.Wake(i, t); f.sent(t) }

// Stop leaves.
func (f *traffic) Stop(i uint32, t *protocol.Turn) { f.Datagrams.Stop(i, t); f.sent(t) }

// Datagram is of protocol.Datagrams.
func (f *traffic) Datagram(i uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	f.passed(t.Now, true, from, p)
	f.Datagrams.Datagram(i, t, from, p)
	f.sent(t)
}

func (f *traffic) sent(t *protocol.Turn) {
	for n := range t.Out.Sends() {
		to, p := t.Out.Send(n)
		f.passed(t.Now, false, to, p)
	}
}

func (f *traffic) passed(now protocol.Time, inward bool, other protocol.Addr, p []byte) {
	way := &f.out
	if inward {
		way = &f.in
	}
	pass := passage{at: now, inward: inward, other: other, size: len(p)}
	pass.what = way.count(&f.msg, p)
	if len(f.msg.Version) > 0 {
		pass.program = programName(f.msg.Version)
	}
	if len(f.lately) == latelyMost {
		f.lately = append(f.lately[:0], f.lately[1:]...)
	}
	f.lately = append(f.lately, pass)
}

// count notes a message and says what it is.
func (w *flow) count(m *krpc.Message, p []byte) string {
	w.datagrams++
	w.bytes += uint64(len(p))
	fault := krpc.Decode(p, m)
	switch {
	case fault == krpc.OK && m.Kind == krpc.Query:
		w.queries[min(m.Method, krpc.SampleInfohashes+1)]++
		if m.HasTarget {
			return fmt.Sprintf("%v %v", m.Method, m.Target)
		}
		return m.Method.String()
	case fault == krpc.OK && m.Kind == krpc.Error:
		w.errors++
		return fmt.Sprintf("error %d %.60q", m.Code, m.Text)
	case fault == krpc.OK:
		w.responses++
		return "response" + contents(m)
	}
	w.junk++
	m.Version = nil
	return fmt.Sprintf("junk %.32q", p)
}

// contents says what a response brought.
func contents(m *krpc.Message) (text string) {
	add := func(n int, noun string) {
		if n > 0 {
			text += ", " + countOf(n, noun)
		}
	}
	add(len(m.Nodes)/krpc.NodeSize4+len(m.Nodes6)/krpc.NodeSize6, "contact")
	add(m.NumValues, "peer")
	add(len(m.SeedFilter)/krpc.FilterSize, "scrape")
	add(len(m.Sample.IDs)/krpc.IDSize, "sample")
	add(min(len(m.Item.V), 1), "item")
	return text
}

// rate is what passed between two looks at a flow.
func (w *flow) since(before *flow, over time.Duration) (datagrams, bytes float64) {
	s := over.Seconds()
	if s <= 0 {
		return 0, 0
	}
	return float64(w.datagrams-before.datagrams) / s, float64(w.bytes-before.bytes) / s
}
