package crawl

import (
	"encoding/binary"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// askNext asks one host, if there is one to ask and the pace allows it. New hosts and those that
// are asked again take turns.
func (c *Crawler) askNext(t *protocol.Turn) bool {
	if c.pace.next() > t.Now {
		return false
	}
	fresh := c.fresh.len() > 0 && c.active < activeMax
	due := c.later.len() > 0 && c.later.first().when <= t.Now
	switch {
	case due && (c.again || !fresh):
		c.again = false
		c.ask(t, c.later.pop().host)
	case fresh:
		c.again = true
		c.progress.Asked++
		c.ask(t, c.fresh.pop())
	default:
		return false
	}
	return true
}

// ask sends one query.
func (c *Crawler) ask(t *protocol.Turn, i uint32) {
	c.pace.pass(t.Now)
	h := &c.hosts[i]
	h.tid, h.flying, h.asked = uint32(t.Rand.Uint64()), true, t.Now
	h.queries++
	c.flying.push(flight{i, h.tid, t.Now})
	c.progress.Sent++
	c.progress.InFlight++
	target := c.target(h, t.Rand)
	var tid [4]byte
	binary.BigEndian.PutUint32(tid[:], h.tid)
	if h.sampling {
		h.sampled = true
		c.packet = c.writer.SampleInfohashes(c.packet[:0], tid[:], c.self, target)
	} else {
		c.packet = c.writer.FindNode(c.packet[:0], tid[:], c.self, target)
	}
	t.Out.SendTo(h.addr, c.packet)
}

// target returns what a host is asked for: its next bucket, or, where that says nothing of the
// zone, some place in it.
func (c *Crawler) target(h *host, r *protocol.Rand) krpc.ID {
	anywhere := krpc.RandomID(r)
	switch {
	case h.known && c.within(h.id):
		return h.id.RandomInBucket(c.bucket(h), r)
	case c.cfg.Zone > 0:
		return c.cfg.Centre.RandomInBucket(c.cfg.Zone, r)
	}
	return anywhere
}

// expire gives up the queries that have waited for too long.
func (c *Crawler) expire(t *protocol.Turn) {
	for c.flying.len() > 0 {
		f := c.flying.first()
		h := &c.hosts[f.host]
		if current := h.flying && h.tid == f.tid; !current {
			c.flying.pop()
			continue
		}
		if f.sent.Add(c.cfg.Timeout) > t.Now {
			return
		}
		i := c.flying.pop().host
		c.land(h)
		c.counters[TimedOut]++
		h.timeouts++
		h.misses++
		if int(h.misses) >= c.cfg.Tries || h.sampling {
			c.finish(h)
			continue
		}
		c.proceed(i, t.Now)
	}
}

// proceed decides what a host is asked next, if anything.
func (c *Crawler) proceed(i uint32, now protocol.Time) {
	h := &c.hosts[i]
	switch {
	case !h.complete && c.mayAsk(h) && c.trusted(h.addr):
		c.askLater(i, now)
	case c.cfg.Samples && h.answered && int(h.queries) < c.cfg.PerNode:
		h.sampling = true
		c.askLater(i, now)
	default:
		c.finish(h)
	}
}

// land notes that nothing is on its way to a host any more.
func (c *Crawler) land(h *host) {
	h.flying = false
	c.progress.InFlight--
}

// mayAsk reports whether a host may be asked for one more bucket. If samples are wanted, the last
// of its queries is kept for them.
func (c *Crawler) mayAsk(h *host) bool {
	kept := 0
	if c.cfg.Samples && h.answered {
		kept = 1
	}
	return int(h.queries)+kept < c.cfg.PerNode
}
