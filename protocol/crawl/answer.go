package crawl

import (
	"encoding/binary"
	"math"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// Datagram takes what arrived.
func (c *Crawler) Datagram(_ uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	if c.progress.Ended == Running {
		c.receive(t, from, p)
		c.Wake(0, t)
	}
}

func (c *Crawler) receive(t *protocol.Turn, from protocol.Addr, p []byte) {
	m := &c.msg
	fault := krpc.Decode(p, m)
	switch {
	case fault.Answerable(), fault == krpc.OK && m.Kind == krpc.Query:
		c.counters[Ignored]++
		return
	case fault != krpc.OK && !fault.Matchable():
		c.counters[Junk]++
		return
	}
	i, known := c.byAddr[from]
	if !known || len(m.T) != 4 || !c.hosts[i].flying ||
		c.hosts[i].tid != binary.BigEndian.Uint32(m.T) {
		c.counters[Unmatched]++
		return
	}
	h := &c.hosts[i]
	c.land(h)
	h.misses = 0
	switch {
	case fault != krpc.OK || m.Kind == krpc.Response && m.ID == c.self:
		c.counters[BadAnswer]++
		c.failed(h)
	case m.Kind == krpc.Error:
		c.counters[Refused]++
		c.failed(h)
	default:
		c.counters[Answered]++
		c.answered(i, t)
	}
}

// failed ends a host that answered, but not well.
func (c *Crawler) failed(h *host) {
	h.errors = saturated(h.errors)
	h.complete = h.complete && h.sampling // it was, before the sample was refused
	c.finish(h)
}

// answered takes the response in c.msg.
func (c *Crawler) answered(i uint32, t *protocol.Turn) {
	m, h := &c.msg, &c.hosts[i]
	if rtt := h.since(t.Now); !h.answered || rtt < h.rtt {
		h.rtt = rtt
	}
	right := c.identify(i)
	h = &c.hosts[i]
	if h.answered && h.id != m.ID {
		c.counters[IDChanged]++
		c.failed(h)
		return
	}
	if !h.answered {
		h.answered, h.known, h.id = true, true, m.ID
		h.lettered = uint8(copy(h.version[:], m.Version))
		c.progress.Answered++
		c.open(h)
	}
	if h.sampling {
		c.sampled(h)
		c.finish(h)
		return
	}
	c.read(i, t, right)
}

// identify writes down the id of an answer and reports whether it is whom we asked.
func (c *Crawler) identify(i uint32) (right bool) {
	h, id := &c.hosts[i], c.msg.ID
	right = h.known && h.id == id
	if !right && !h.answered {
		if h.known {
			c.counters[IDMismatch]++
		}
		c.add(i, id, h.hop, true)
	}
	return right
}

// open gives a host that answered its place for what it will show.
func (c *Crawler) open(h *host) {
	h.fills = uint32(len(c.fills))
	for range c.cfg.Depth {
		c.fills = append(c.fills, 0)
	}
	c.active++
	if n := len(c.spare); n > 0 {
		h.shown, c.spare = c.spare[n-1], c.spare[:n-1]
		c.shown[h.shown] = c.shown[h.shown][:0]
		return
	}
	h.shown = uint32(len(c.shown))
	if len(c.shown) < cap(c.shown) {
		c.shown = c.shown[:len(c.shown)+1]
		c.shown[h.shown] = c.shown[h.shown][:0]
		return
	}
	c.shown = append(c.shown, nil)
}

// read takes the contacts of an answer and decides what to ask next. An answer from another id
// than the question was made for shows no bucket as a whole, so that one is asked for once more.
func (c *Crawler) read(i uint32, t *protocol.Turn, right bool) {
	news := c.learn(i)
	h := &c.hosts[i]
	if !c.within(h.id) { // it was asked for the way into the zone
		c.finish(h)
		return
	}
	if right {
		h.depth = uint8(c.bucket(h) + 1)
		h.complete = news == 0 || int(h.depth) == c.cfg.Depth
	}
	c.proceed(i, t.Now)
}

// sampled takes the sample of an answer, if there is one.
func (c *Crawler) sampled(h *host) {
	s := &c.msg.Sample
	if s.IDs == nil {
		return
	}
	h.sample = sample{
		num:      uint32(min(max(s.Num, 0), math.MaxUint32)),
		interval: uint16(min(max(s.Interval, 0), int64(6*time.Hour/time.Second))),
		good:     true,
	}
	c.progress.Sampled++
	for b := s.IDs; len(b) >= krpc.IDSize && h.sample.told < samplesMax; b = b[krpc.IDSize:] {
		h.sample.told++
		c.collect(krpc.IDFromBytes(b))
	}
}

// collect counts an infohash.
func (c *Crawler) collect(id krpc.ID) {
	x, ok := c.hashes[id]
	switch {
	case ok:
		c.infohashes[x].Nodes++
	case len(c.infohashes) < hashesMax:
		c.hashes[id] = uint32(len(c.infohashes))
		c.infohashes = append(c.infohashes, Infohash{id, 1})
	}
}

// saturated returns one more, or the most there is.
func saturated(n uint16) uint16 { return n + min(1, math.MaxUint16-n) }
