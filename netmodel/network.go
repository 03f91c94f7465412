package netmodel

import (
	"errors"
	"fmt"
	"time"
)

const nodesMax int64 = 1<<32 - 1 // node numbers have 32 bits

// Config is the network of one run.
type Config struct {
	Seed    uint64        // of everything random in the network
	Nodes   int           // nodes are numbered from 0 to Nodes-1
	Latency Latency       // the delay of each pair of nodes, see Defaults
	Jitter  time.Duration // each message takes longer by 0 to Jitter, evenly drawn
	Loss    Probability   // of each message
	Reach   Reach         // who is behind a NAT or a firewall
	// Vantages is how many of the last nodes are open whatever Reach says: those of observers.
	Vantages int
	Links    Links   // the width of access lines
	Faults   []Fault // what goes wrong, and when
}

// Network answers what happens to messages. It is immutable.
type Network struct {
	seed   uint64
	model  model
	nodes  uint32
	min    int64
	span   uint64 // jitter in ns, plus 1
	loss   uint64 // threshold
	jitter stream
	fate   stream

	reach   *reach   // nil: all nodes are open
	links   *links   // nil: lines have no limits
	weather *Weather // nil: there are no faults
}

// New prepares the network. It takes some ms where a distribution is tabulated. Errors name the
// setting by its key in the scenario file, below "network".
func New(cfg Config) (*Network, error) {
	if cfg.Nodes < 1 || int64(cfg.Nodes) > nodesMax {
		return nil, fmt.Errorf("nodes: %d is outside 1 to %d", cfg.Nodes, nodesMax)
	}
	if cfg.Latency == nil {
		return nil, errors.New("latency: no model is given: write latency: {model: regions}")
	}
	if err := checkDelay("jitter", cfg.Jitter); err != nil {
		return nil, err
	}
	if cfg.Loss > Certain {
		return nil, fmt.Errorf("loss: %v is above 100%%: a probability is 0 to 100%%", cfg.Loss)
	}
	m, err := cfg.Latency.build(cfg.Seed)
	if err != nil {
		return nil, err
	}
	n := &Network{
		seed:   cfg.Seed,
		model:  m,
		nodes:  uint32(cfg.Nodes),
		min:    max(m.least(), int64(Floor)),
		span:   uint64(cfg.Jitter) + 1,
		loss:   cfg.Loss.threshold(),
		jitter: newStream(cfg.Seed, purposeJitter),
		fate:   newStream(cfg.Seed, purposeLoss),
	}
	if n.reach, err = cfg.Reach.build(cfg.Seed); err != nil {
		return nil, err
	}
	if cfg.Vantages < 0 || cfg.Vantages > cfg.Nodes {
		return nil, fmt.Errorf("vantages: %d of %d nodes", cfg.Vantages, cfg.Nodes)
	}
	if n.reach != nil {
		n.reach.others = n.nodes - uint32(cfg.Vantages)
	}
	if n.links, err = cfg.Links.build(cfg.Seed, cfg.Nodes); err != nil {
		return nil, err
	}
	if n.weather, err = newWeather(&cfg, m); err != nil {
		return nil, err
	}
	return n, nil
}

// Path returns how long a message takes from src to dst, and whether it is lost on the way. The
// delay is at least MinDelay, also of a lost message, and of one to the sender itself. It holds
// for any size in bytes: lines, which know a bandwidth, are asked apart, and so are gates and
// weather.
func (n *Network) Path(src, dst uint32, seq uint32, size int) (delay time.Duration, lost bool) {
	if src >= n.nodes || dst >= n.nodes {
		panic(fmt.Sprintf("netmodel: path from node %d to %d in a network of %d",
			src, dst, n.nodes))
	}
	d := max(n.model.oneWay(src, dst), n.min)
	if n.span > 1 {
		d += int64(below(n.jitter.message(src, dst, seq), n.span))
	}
	if n.loss > 0 {
		lost = n.fate.message(src, dst, seq)>>1 < n.loss
	}
	return time.Duration(d), lost
}

// Weather returns the faults, or nil if there are none.
func (n *Network) Weather() *Weather { return n.weather }

// MinDelay returns a bound below which Path never answers. It is at least Floor, and more where the
// model allows it.
func (n *Network) MinDelay() time.Duration { return time.Duration(n.min) }
