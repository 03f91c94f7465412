package sim

import (
	"fmt"
	"time"

	"swarmlab/protocol"
)

// Config is everything a World is made from.
type Config struct {
	Seed    uint64               // of all randomness that the engine hands out
	Groups  []protocol.Datagrams // the first group has the nodes 0 to Len()-1, the next follow on
	Network Network
	Actor   Actor // carries out actions; may be nil if none are scheduled

	// Contents reads the bodies that cores write on connections, if FullBytes has them travel as
	// bytes. It changes neither the trace nor the fingerprint, but the form in which cores get
	// them: for tests, and for cores that can read but the bytes.
	Contents  protocol.Contents
	FullBytes bool

	// Moves tells that nodes may be given other addresses: see [World.Move].
	Moves bool

	// Checkpoint, if not nil, is called at the end of each simulated second, and owns what it is
	// given. Without it checkpoints cost nothing.
	Checkpoint func(Checkpoint)

	// Stride is how many simulated seconds pass from one checkpoint to the next; 0 is 1. It is for
	// runs of weeks, whose seconds are too many to be kept.
	Stride int

	// Pulse, if not nil, is called after each PulseEvents events, also where simulated time does
	// not advance. It may panic to give the world up, and must not change it.
	Pulse func()
}

// PulseEvents is the number of events between two calls of Config.Pulse.
const PulseEvents = 1 << 16

// Network decides the fate of datagrams. netmodel.Network is one.
type Network interface {
	// Path returns how long one datagram of size bytes is on its way, at least MinDelay, or that
	// it is lost. It must be a pure function of its arguments. seq numbers what src sends.
	Path(src, dst uint32, seq uint32, size int) (delay time.Duration, lost bool)
	// MinDelay is a positive lower bound of all delays.
	MinDelay() time.Duration
}

// Actor carries out the scenario's actions (a lookup begins, a torrent is added) in a turn of the
// node concerned; the effects belong to that node. node is the number in the world.
type Actor interface {
	Act(node uint32, t *protocol.Turn, code uint32)
}

// World is one simulated world. It belongs to one goroutine.
type World struct {
	seed       uint64
	network    Network
	delayMin   time.Duration
	actor      Actor
	checkpoint func(Checkpoint)
	pulse      func()

	now     protocol.Time
	second  int    // the simulated second at whose end the next checkpoint is
	stride  int    // from one to the next
	turning uint32 // the node whose turn it is, or scenario between turns
	turn    protocol.Turn
	out     protocol.Outbox
	queue   wheel
	pool    pool
	tally   Tally
	fates   fates
	rushes  int    // see hurry
	warmth  uint64 // see touch
	ahead   [touchEvents]protocol.Prospect

	groups []population
	nodes  []node
	books  []book

	terrain *terrain // nil: the network has nothing but paths
	streams *streams // nil: no group has connections
	moves   []uint8  // of each node, to another address; nil: nobody ever moves
}

// population is a group and the number of its first node.
type population struct {
	cores          protocol.Datagrams
	first          uint32
	foreseer       protocol.Foreseer       // the cores, if they are one
	streams        protocol.Streams        // the cores, if they have connections
	streamForeseer protocol.StreamForeseer // the cores, if they are one
}

// node is what the engine keeps for each node, besides its book: 112 bytes, the first ones those
// that every event needs.
type node struct {
	eventHash    uint64
	wireHash     uint64
	received     Count
	started      protocol.Time
	alarm        alarm
	group        uint16
	alive        bool
	sends        uint32 // sequence number of the next datagram
	sent         Count
	rand         protocol.Rand
	outcomeHash  uint64
	orders       uint32 // sequence number of the next event from the scenario to this node
	incarnations uint32 // how often the node was started
}

// New returns a world in which every node is down and the time is 0. A configuration that no
// scenario could have meant (no network, too many nodes) is a broken invariant, and panics.
func New(cfg Config) *World {
	size := 0
	for _, g := range cfg.Groups {
		size += g.Len()
	}
	switch {
	case cfg.Network == nil:
		panic("sim: Config.Network is nil")
	case cfg.Network.MinDelay() <= 0:
		panic(fmt.Sprintf("sim: the network's MinDelay is %v; it must be positive",
			cfg.Network.MinDelay()))
	case size > nodesMax:
		panic(fmt.Sprintf("sim: %d nodes; there are addresses for %d", size, nodesMax))
	case len(cfg.Groups) > 1<<16:
		panic(fmt.Sprintf("sim: %d groups; at most %d", len(cfg.Groups), 1<<16))
	}
	w := &World{
		seed: cfg.Seed, network: cfg.Network, delayMin: cfg.Network.MinDelay(),
		actor: cfg.Actor, checkpoint: cfg.Checkpoint, pulse: cfg.Pulse,
		turning: scenario, stride: max(cfg.Stride, 1), second: max(cfg.Stride, 1) - 1,
		nodes: make([]node, size),
		books: make([]book, size),
	}
	if cfg.Moves {
		w.moves = make([]uint8, size)
	}
	w.populate(cfg.Groups)
	w.terrain = newTerrain(cfg.Network, size)
	w.streams = newStreams(&cfg, w)
	return w
}

func (w *World) populate(groups []protocol.Datagrams) {
	w.groups = make([]population, 0, len(groups))
	first := uint32(0)
	for g, cores := range groups {
		foreseer, _ := cores.(protocol.Foreseer)
		streams, _ := cores.(protocol.Streams)
		streamForeseer, _ := cores.(protocol.StreamForeseer)
		w.groups = append(w.groups, population{cores, first, foreseer, streams, streamForeseer})
		for range cores.Len() {
			w.nodes[first] = node{group: uint16(g), alarm: silent}
			first++
		}
	}
}

// Len returns the number of nodes, up or down.
func (w *World) Len() int { return len(w.nodes) }

// Now returns the time of the present turn; between calls of Run, the time that Run reached.
func (w *World) Now() protocol.Time { return w.now }

// Alive reports whether a node is up, and not frozen.
func (w *World) Alive(node uint32) bool {
	fault, _ := w.frozen(node)
	return w.nodes[node].alive && fault < 0
}

// Run processes all events before the time until. It may be called again with a later time;
// calling it in steps changes no result. After the last step, call [World.Audit].
func (w *World) Run(until protocol.Time) {
	if w.turning != scenario {
		panic("sim: Run called in a turn")
	}
	for w.now < until {
		edge := until
		if w.checkpoint != nil {
			edge = min(until, endOfSecond(w.second))
		}
		w.runBefore(edge)
		w.now = edge
		w.announce()
	}
}

func (w *World) runBefore(edge protocol.Time) {
	var e event
	looks := len(w.nodes) >= touchNodes
	for w.queue.popBefore(edge, &e) {
		if looks {
			w.warmth += w.touch(w.queue.ahead())
		}
		if w.streams != nil && w.streams.ends.live >= touchEnds {
			w.warmth += w.touchStreams(w.queue.ahead())
		}
		w.now = e.when
		w.tally.Events++
		w.step(&e)
		if w.tally.Events%PulseEvents == 0 && w.pulse != nil {
			w.pulse()
		}
	}
}

// announce hands out a checkpoint if the simulated second has ended that has one.
func (w *World) announce() {
	if w.checkpoint == nil || w.now < endOfSecond(w.second) {
		return
	}
	w.checkpoint(w.check())
	w.second += w.stride
}

func endOfSecond(s int) protocol.Time {
	return protocol.Time(s+1) * protocol.Time(time.Second)
}

func (w *World) step(e *event) {
	switch e.kind() {
	case kindDatagram:
		w.deliver(e)
	case kindWake:
		w.wake(e)
	case kindStart:
		w.start(e)
	case kindStop:
		w.stop(e)
	case kindCrash:
		w.crash(e)
	case kindAct:
		w.act(e)
	case kindArrive:
		w.arrive(e)
	case kindStream:
		w.streamEvent(e)
	}
}

// broken panics about an invariant that does not hold.
func (w *World) broken(node uint32, format string, args ...any) {
	panic(fmt.Sprintf("sim: node %d at %v, seed %d: %s",
		node, time.Duration(w.now), w.seed, fmt.Sprintf(format, args...)))
}
