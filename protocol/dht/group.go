package dht

import (
	"encoding/binary"
	"slices"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// Observer is told what lookups found. The result is valid during the call only, and not beyond
// another lookup that the observer starts.
type Observer interface {
	Done(i uint32, t *protocol.Turn, r *Result)
}

// Env is what the nodes of a group share with their owner.
type Env struct {
	Directory Directory
	Observer  Observer
	// Seeds appends the addresses at which node i first looks for the network.
	Seeds func(i uint32, dst []protocol.Addr) []protocol.Addr
	// Rebound is told of the id that node i took because its address demands it (BEP 42). It may
	// be nil; if it is not, the nodes find out their addresses whether or not ids depend on them.
	Rebound func(i uint32, id krpc.ID)
}

// node is the header of one node: a cache line, so that touching a node is one cache miss.
type node struct {
	id        krpc.ID
	maintain  protocol.Time // when to join again or to look for a bucket to refresh
	queries   fifo          // in flight, oldest first
	lookups   uint32        // first of a list
	torrents  uint32        // first of a list
	depth     uint8         // buckets in use; 0: not running
	joined    bool
	misses    uint8  // joins, then refreshes of the present bucket, in vain and in a row
	verifying uint8  // pings in flight of purposeVerify
	items     uint32 // first of a list
	sampling  uint32 // what it tells of its torrents; nilIndex if nobody has asked
	guard     uint32 // its protection; nilIndex if it has needed none
}

// Group is a population of DHT nodes. It implements protocol.Datagrams.
type Group struct {
	cfg   Config
	env   Env
	nodes []node
	slots []slot   // a stride for each node: cfg's bucket sizes, then the reserves
	due   []uint32 // second at which a bucket is to be refreshed, cfg.Depth a node

	offset      []int // of a bucket's first slot within the stride; one more for the end
	stride      int
	vigils      []vigil // one a node; nil with UpkeepRefresh
	callers     []fifo  // of detained, one a node; nil without a quarantine
	picky       bool    // newcomers are looked at more closely than by BEP 5
	listens     bool    // contacts in replies are of interest to the table
	goodSeconds uint32
	refreshSecs uint32
	secretLo    uint64
	secretHi    uint64
	writer      krpc.Writer
	book        *Book  // the directory, if it is one that must be swept
	polling     bool   // others are asked for our address
	twin        *Group // of the same nodes in the other address family, if they are in both
	sixth       bool   // and then this is the one of IPv6

	remembered map[uint32][]Contact // from the last run, by node

	pending  pool[query]
	searches lookupPool
	store    store
	items    items
	samples  pool[sampling]
	guards   pool[guard]
	sources  pool[sources]
	ballots  pool[ballot]
	detained pool[caller]
	scratch  scratch
	counters Counters
	begun    Lookups
	named    uint64 // contacts in answers
}

// scratch is memory for the length of one turn, so that turns do not allocate.
type scratch struct {
	msg     krpc.Message
	packet  []byte
	nodes   []byte
	nodes6  []byte
	near    []ranked
	peers   []protocol.Addr
	seeds   []protocol.Addr
	moved   []slot
	rehomed []slot
	result  Result

	item                   krpc.Item
	sample                 krpc.Sample
	seedFilter, peerFilter krpc.Filter
}

// New returns a group of n nodes that are not started. It allocates their tables at once.
func New(cfg Config, env Env, n int) (*Group, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	g := &Group{
		cfg: cfg, env: env,
		nodes:       make([]node, n),
		due:         make([]uint32, n*cfg.Depth),
		offset:      make([]int, cfg.Depth+1),
		goodSeconds: uint32(cfg.GoodFor / time.Second),
		refreshSecs: uint32(cfg.Refresh / time.Second),
		secretLo:    binary.LittleEndian.Uint64(cfg.Secret[:8]),
		secretHi:    binary.LittleEndian.Uint64(cfg.Secret[8:]),
		writer:      krpc.Writer{Version: krpc.Version, ReadOnly: cfg.ReadOnly},
	}
	for d := range cfg.Depth {
		g.offset[d+1] = g.offset[d] + cfg.bucketSize(d)
	}
	g.stride = g.offset[cfg.Depth] + cfg.Depth*cfg.Replacements
	g.slots = make([]slot, n*g.stride)
	g.picky = cfg.Eviction != EvictChallenged || cfg.SecureIDs != SecureIDsIgnored || cfg.Diverse ||
		cfg.Replacements > 0
	g.listens = cfg.Admission == AdmitMentioned || cfg.Replacements > 0
	if cfg.Upkeep != UpkeepRefresh {
		g.vigils = make([]vigil, n)
	}
	if cfg.Quarantine > 0 && cfg.VerifySenders && cfg.Admission == AdmitAnswered {
		g.callers = slices.Repeat([]fifo{emptyFifo}, n)
	}
	g.searches.bound = cfg.candidateBound()
	g.book, _ = env.Directory.(*Book)
	for i := range g.nodes {
		g.nodes[i].reset()
	}
	g.polling = cfg.SecureIDs != SecureIDsIgnored || env.Rebound != nil
	g.store.init(cfg)
	g.items.init(cfg)
	return g, nil
}

func (n *node) reset() {
	*n = node{id: n.id, maintain: protocol.Never, queries: emptyFifo, lookups: nilIndex,
		torrents: nilIndex, items: nilIndex, sampling: nilIndex, guard: nilIndex}
}

// Assign gives node i its id. It must be called before the node is started.
func (g *Group) Assign(i uint32, id krpc.ID) { g.nodes[i].id = id }

// ID returns the id of node i.
func (g *Group) ID(i uint32) krpc.ID { return g.nodes[i].id }

// Counters returns what the nodes of this group counted so far.
func (g *Group) Counters() Counters { return g.counters }

// Lookups returns how many lookups the nodes of this group have begun so far.
func (g *Group) Lookups() Lookups { return g.begun }

// Named returns how many contacts the answers of this group's nodes have named so far.
func (g *Group) Named() uint64 { return g.named }

// Len returns the number of nodes.
func (g *Group) Len() int { return len(g.nodes) }

// Start makes node i run. With a table that was filled it is a member at once; otherwise it joins
// through its seeds.
func (g *Group) Start(i uint32, t *protocol.Turn) {
	n := &g.nodes[i]
	if n.depth == 0 {
		n.depth = 1
		n.maintain = t.Now
	} else {
		n.joined = true
		n.maintain = g.firstUpkeep(i, t)
	}
	g.turnEnds(i, t)
}

// Wake lets time pass for node i: queries time out, and maintenance falls due.
func (g *Group) Wake(i uint32, t *protocol.Turn) {
	if g.nodes[i].depth == 0 {
		return
	}
	g.turnBegins()
	g.turnEnds(i, t)
}

// Stop is a graceful leave. Mainline has no message for it: the node falls silent.
func (g *Group) Stop(i uint32, t *protocol.Turn) { t.Out.WakeAt(protocol.Never) }

// Drop forgets everything node i had but its id.
func (g *Group) Drop(i uint32) {
	n := &g.nodes[i]
	for q := n.queries.head; q != nilIndex; {
		next := g.pending.at(q).next
		g.pending.release(q)
		q = next
	}
	for l := n.lookups; l != nilIndex; {
		next := g.searches.at(l).next
		g.searches.release(l)
		l = next
	}
	g.store.drop(i, n)
	g.items.drop(i, n)
	if n.sampling != nilIndex {
		g.samples.release(n.sampling)
	}
	g.unguard(n)
	delete(g.remembered, i)
	clear(g.table(i))
	clear(g.dues(i))
	if g.vigils != nil {
		g.vigils[i] = vigil{}
	}
	for g.callers != nil && g.callers[i].head != nilIndex {
		g.freed(&g.callers[i])
	}
	n.reset()
}

// Lookup starts a lookup by node i, which must run. The observer hears how it ended, perhaps
// before Lookup returns.
func (g *Group) Lookup(i uint32, t *protocol.Turn, r Request) {
	g.search(i, t, r, purposeUser)
	g.turnEnds(i, t)
}

// turnBegins must run before any reference is taken in a turn.
func (g *Group) turnBegins() {
	if g.book != nil && g.book.full() {
		g.book.Sweep(g.Uses)
	}
}

// turnEnds does what time has made due and asks for the next wake-up.
func (g *Group) turnEnds(i uint32, t *protocol.Turn) {
	g.expire(i, t)
	if g.callers != nil && g.nodes[i].depth > 0 {
		g.release(i, t)
	}
	g.tend(i, t)
	deadline := g.deadline(i)
	if g.twin != nil {
		deadline = min(deadline, g.twin.deadline(i))
	}
	t.Out.WakeAt(deadline)
}

// deadline returns when something will be due for node i.
func (g *Group) deadline(i uint32) protocol.Time {
	n := &g.nodes[i]
	return min(n.maintain, g.nextExpiry(n), g.nextRelease(i))
}

// Uses names every reference that the group holds, some more than once, and [NoRef].
func (g *Group) Uses(mark func(Ref)) {
	for _, s := range g.slots {
		if s.used() {
			mark(s.ref)
		}
	}
	for i := range g.nodes {
		for q := g.nodes[i].queries.head; q != nilIndex; q = g.pending.at(q).next {
			mark(g.pending.at(q).ref)
			mark(g.pending.at(q).newcomer)
		}
		for x := g.firstCaller(uint32(i)); x != nilIndex; x = g.detained.at(x).next {
			mark(g.detained.at(x).ref)
		}
		for l := g.nodes[i].lookups; l != nilIndex; l = g.searches.at(l).next {
			for _, c := range g.searches.at(l).list {
				mark(c.ref)
			}
		}
	}
}
