package lab

import (
	"slices"
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/scenarios/findings"
	"swarmlab/sim"
)

const (
	sampleEvery = protocol.Time(time.Minute)
	tablesMost  = 500 // of a population that are looked at
)

// sampler looks at the world between simulated seconds, each minute after the warm-up, and changes
// nothing in it.
type sampler struct {
	overlay *overlay
	cell    int32
	from    protocol.Time // first whole second after the warm-up
	end     protocol.Time
	last    protocol.Time // of the sample before
	clients []*sampled
	rows    []findings.Sample
	health  health
	buckets []findings.Bucket
	records *records
}

// sampled is one client of a run, whatever groups its nodes are in.
type sampled struct {
	run         findings.ClientRun
	populations []*population
	start       books // at the end of the warm-up
	last        books // at the sample before
}

// books are what a client's nodes have done up to some moment.
type books struct {
	sent    sim.Count
	queries uint64
	asked   uint64
	named   uint64

	filtered, dropped uint64
}

func newSampler(o *overlay, work *workload, cell int32) *sampler {
	second := protocol.Time(time.Second)
	s := &sampler{overlay: o, cell: cell, end: protocol.Time(o.scenario.Duration),
		health: health{overlay: o}, records: newRecords(o, work, cell)}
	s.from = (protocol.Time(o.scenario.Warmup) + second - 1) / second * second
	s.last = s.from
	for _, p := range o.populations {
		at := slices.IndexFunc(s.clients, func(c *sampled) bool { return c.run.Client == p.client })
		if at < 0 {
			at = len(s.clients)
			s.clients = append(s.clients, &sampled{run: findings.ClientRun{Client: p.client}})
		}
		c := s.clients[at]
		c.run.Nodes += int(p.size)
		c.populations = append(c.populations, p)
		p.watched = watched(o.seed, p)
	}
	return s
}

// watched draws the nodes of a population whose tables are looked at.
func watched(seed uint64, p *population) []uint32 {
	var nodes []uint32
	r := protocol.NewRand(seed, purposeSample, uint64(p.first))
	for n := p.size - min(p.size, tablesMost); n < p.size; n++ { // Floyd's algorithm
		i := uint32(r.Uint64n(uint64(n) + 1))
		if slices.Contains(nodes, i) {
			i = n
		}
		nodes = append(nodes, i)
	}
	slices.Sort(nodes)
	return nodes
}

// tick is called at the end of each simulated second.
func (s *sampler) tick(now protocol.Time) {
	s.records.tick(now)
	switch {
	case now < s.from:
	case now == s.from:
		for _, c := range s.clients {
			c.start = c.books(s.overlay.world)
			c.last = c.start
		}
	case (now-s.from)%sampleEvery == 0 || now == s.end:
		supply := s.overlay.supply()
		for _, c := range s.clients {
			row := s.sample(c, now)
			s.rows, s.buckets = append(s.rows, row), s.health.take(s.buckets, &row, supply)
		}
		s.last = now
	}
}

// books sums up a client's accounts.
func (c *sampled) books(w *sim.World) books {
	var b books
	for _, p := range c.populations {
		for i := range p.size {
			account := w.Account(p.first + i)
			b.sent.Datagrams += account.Sent.Datagrams
			b.sent.Bytes += account.Sent.Bytes
			b.filtered += account.Filtered.Datagrams
			b.dropped += account.Dropped.Datagrams
		}
		counters := p.group.Counters()
		b.queries += counters[dht.Matched] + counters[dht.TimedOut]
		b.asked += p.asked
		b.named += p.group.Named()
	}
	return b
}

func (s *sampler) sample(c *sampled, now protocol.Time) findings.Sample {
	before, after := c.last, c.books(s.overlay.world)
	c.last = after
	row := findings.Sample{
		Cell: s.cell, Seed: s.overlay.seed, Second: int32(now / protocol.Time(time.Second)),
		Client:    c.run.Client,
		Datagrams: int64(after.sent.Datagrams - before.sent.Datagrams),
		Bytes:     int64(after.sent.Bytes - before.sent.Bytes),
		Filtered:  int64(after.filtered - before.filtered),
		Dropped:   int64(after.dropped - before.dropped),
	}
	for _, p := range c.populations {
		row.Up += int64(s.overlay.lives.online(p.first, p.size, s.last, now))
		for i := range p.size {
			if s.overlay.world.Alive(p.first + i) {
				row.Online++
				if s.overlay.world.Welcomes(p.first + i) {
					row.Reachable++
				}
			}
		}
		looked := 0
		for _, i := range p.watched {
			if s.overlay.world.Alive(p.first + i) {
				s.health.look(p, i, now, &row)
				looked++
			}
		}
		s.health.addRoom(p, looked)
	}
	return row
}

// supply counts the nodes that are up and let strangers in.
func (o *overlay) supply() (nodes int32) {
	for node := range o.ids.size {
		if o.world.Alive(node) && o.world.Welcomes(node) {
			nodes++
		}
	}
	return nodes
}

// present tells whether the node of a contact is up, under the contact's id, and whether a stranger
// gets in there: what a symmetric NAT shows to one node is of no use to any other.
func (o *overlay) present(c dht.Contact) (present, open bool) {
	node, ok := o.world.HostOf(c.Addr)
	if !ok || !o.world.Alive(node) || o.idOf(node) != c.ID {
		return false, false
	}
	return true, c.Addr.Port() == netmodel.HomePort && o.world.Welcomes(node)
}

// runs returns what the clients did after the warm-up.
func (s *sampler) runs() []findings.ClientRun {
	var runs []findings.ClientRun
	for _, c := range s.clients {
		run, end := c.run, c.books(s.overlay.world)
		for _, p := range c.populations {
			run.Online += s.overlay.lives.online(p.first, p.size, s.from, s.end)
		}
		run.Sent.Datagrams = end.sent.Datagrams - c.start.sent.Datagrams
		run.Sent.Bytes = end.sent.Bytes - c.start.sent.Bytes
		run.Queries = end.queries - c.start.queries
		run.Asked = end.asked - c.start.asked
		run.Named = end.named - c.start.named
		runs = append(runs, run)
	}
	return runs
}
