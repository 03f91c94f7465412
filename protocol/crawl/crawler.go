package crawl

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// Crawler crawls one network, IPv4 or IPv6. It implements protocol.Datagrams with one core.
type Crawler struct {
	cfg   Config
	self  krpc.ID
	seeds []protocol.Addr
	four  bool // IPv4

	contacts []contact
	hosts    []host
	byAddr   map[protocol.Addr]uint32 // place in hosts
	byID     map[krpc.ID]uint32       // number of addresses
	origins  map[protocol.Addr]origin

	pace   pace
	fresh  line[uint32] // hosts never asked
	later  line[later]  // hosts to be asked again
	flying line[flight]
	again  bool // it is the turn of the later ones

	fills  []uint8    // a stride of cfg.Depth for each host that answered: contacts by bucket
	shown  [][]uint32 // hashes of the contacts that a host showed
	spare  []uint32   // free places in shown
	active int        // places in shown in use

	infohashes []Infohash
	hashes     map[krpc.ID]uint32 // place in infohashes

	progress Progress
	counters Counters
	writer   krpc.Writer
	msg      krpc.Message
	packet   []byte
}

// later is a host to be asked not before a time.
type later struct {
	host uint32
	when protocol.Time
}

// flight is a query on its way. It is void if the host has been asked anew.
type flight struct {
	host uint32
	tid  uint32
	sent protocol.Time
}

// New returns a crawler that calls itself self and starts at the seeds, all of one family.
func New(cfg Config, self krpc.ID, seeds []protocol.Addr) (*Crawler, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if err := validateSeeds(seeds); err != nil {
		return nil, err
	}
	c := &Crawler{
		cfg: cfg, self: self, seeds: seeds, four: seeds[0].Is4(),
		writer: krpc.Writer{Version: krpc.Version, ReadOnly: true},
	}
	c.forget()
	return c, nil
}

// forget begins with nothing.
func (c *Crawler) forget() {
	c.contacts, c.hosts = c.contacts[:0], c.hosts[:0]
	c.byAddr = make(map[protocol.Addr]uint32)
	c.byID = make(map[krpc.ID]uint32)
	c.origins = make(map[protocol.Addr]origin)
	c.hashes = make(map[krpc.ID]uint32)
	c.infohashes, c.fills = c.infohashes[:0], c.fills[:0]
	c.ground()
	c.progress, c.counters = Progress{}, Counters{}
}

// ground takes everything out of the air and out of the queues.
func (c *Crawler) ground() {
	c.fresh.clear()
	c.later.clear()
	c.flying.clear()
	c.shown, c.spare, c.active = c.shown[:0], c.spare[:0], 0
	c.pace, c.again = newPace(c.cfg.Rate, c.cfg.Burst), false
}

// Len is of protocol.Group, as are the methods after it: there is one core.
func (c *Crawler) Len() int { return 1 }

// Start begins a new crawl.
func (c *Crawler) Start(_ uint32, t *protocol.Turn) {
	c.forget()
	for _, a := range c.seeds {
		if _, ok := c.byAddr[a]; !ok {
			c.enlist(a, 1)
		}
	}
	c.Wake(0, t)
}

// Wake lets time pass: queries are given up, and others sent.
func (c *Crawler) Wake(_ uint32, t *protocol.Turn) {
	if c.progress.Ended != Running {
		return
	}
	c.expire(t)
	for c.askNext(t) {
	}
	t.Out.WakeAt(c.deadline(t.Now))
	if c.fresh.len()+c.later.len() == 0 && c.progress.InFlight == 0 {
		c.progress.Ended = Complete
		if c.counters[Overfull] > 0 {
			c.progress.Ended = Full
		}
		t.Out.WakeAt(protocol.Never)
	}
}

// Stop ends the crawl. There is nobody to take leave of.
func (c *Crawler) Stop(_ uint32, t *protocol.Turn) { t.Out.WakeAt(protocol.Never) }

// Drop forgets what is in flight, and keeps what was found.
func (c *Crawler) Drop(uint32) {
	c.ground()
	c.progress.InFlight = 0
	for i := range c.hosts {
		c.hosts[i].flying, c.hosts[i].shown = false, nilIndex
	}
}

// deadline returns when there will be something to do; of a crawl that is over, never.
func (c *Crawler) deadline(now protocol.Time) protocol.Time {
	at := protocol.Never
	if c.flying.len() > 0 {
		at = c.flying.first().sent.Add(c.cfg.Timeout)
	}
	if c.fresh.len() > 0 && c.active < activeMax {
		at = min(at, c.pace.next())
	}
	if c.later.len() > 0 {
		at = min(at, max(c.later.first().when, c.pace.next()))
	}
	return max(at, now)
}

// enlist makes an address one to be asked.
func (c *Crawler) enlist(a protocol.Addr, hop uint16) uint32 {
	i := uint32(len(c.hosts))
	c.hosts = append(c.hosts, host{addr: a, contacts: nilIndex, hop: hop, shown: nilIndex,
		fills: nilIndex})
	c.byAddr[a] = i
	c.progress.Addresses++
	c.fresh.push(i)
	return i
}

// askLater puts a host at the end of those that are to be asked again.
func (c *Crawler) askLater(i uint32, now protocol.Time) {
	c.later.push(later{i, now.Add(c.cfg.Pause)})
}

// finish ends the questions to a host.
func (c *Crawler) finish(h *host) {
	h.done = true
	c.progress.Done++
	if !h.answered {
		c.progress.Silent++
	}
	if h.shown != nilIndex {
		c.spare = append(c.spare, h.shown)
		h.shown = nilIndex
		c.active--
	}
}

// since returns how long ago a host was asked.
func (h *host) since(now protocol.Time) time.Duration { return now.Sub(h.asked) }
