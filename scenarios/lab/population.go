package lab

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"sort"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/scenarios"
	"swarmlab/sim"
)

// Purposes of the random streams of a scenario. Each is a stream of its own for every index, so
// that one more draw for one thing changes nothing for the others.
const (
	purposeIdentity = 0x69640000 + iota
	purposeWarm
	purposeJoin
	purposeSeeds
	purposeSecret
	purposeWork
	purposeKey
)

// population is one group of a scenario, built: its cores and the global view on them.
type population struct {
	spec   *scenarios.Group
	cfg    dht.Config
	ids    *identities
	space  *idSpace
	group  *dht.Group
	starts []protocol.Time // of each node
	order  []uint32        // nodes in the order of their starts
	seed   uint64
	picked []int // scratch
}

// newPopulation makes a group whose nodes are numbered in the world from first on.
func newPopulation(
	spec *scenarios.Group, seed uint64, first int, observer dht.Observer,
) (*population, error) {
	p := &population{
		spec: spec, cfg: config(spec, seed, first), seed: seed,
		ids: newIdentities(seed, first, spec.Size),
	}
	p.space = newIDSpace(p.ids)
	env := dht.Env{Directory: p.ids, Observer: observer, Seeds: p.seeds}
	group, err := dht.New(p.cfg, env, spec.Size)
	if err != nil {
		return nil, fmt.Errorf("group %q: %w", spec.Name, err)
	}
	p.group = group
	for i := range p.ids.size {
		group.Assign(i, p.ids.id(i))
	}
	p.scheduleStarts()
	if spec.Tables == scenarios.TablesWarm {
		p.warm(seed)
	}
	return p, nil
}

// config translates the settings of a scenario into those of the cores.
func config(g *scenarios.Group, seed uint64, first int) dht.Config {
	d := &g.DHT
	c := dht.Default()
	c.K, c.Alpha, c.ReplyContacts, c.Rounds = d.K, d.Alpha, d.ReplyContacts, d.Rounds
	c.Buckets = d.Buckets
	c.Depth = g.TableDepth()
	c.QueryTimeout = time.Duration(d.QueryTimeout)
	c.Refresh, c.GoodFor = time.Duration(d.Refresh), time.Duration(d.GoodFor)
	c.StalenessLimit, c.VerifySenders = d.StalenessLimit, d.VerifySenders
	c.TokenRotation = time.Duration(d.TokenRotation)
	c.PeerExpiry, c.ReplyPeers = time.Duration(d.PeerExpiry), d.ReplyPeers
	r := protocol.NewRand(seed, purposeSecret, uint64(first))
	binary.LittleEndian.PutUint64(c.Secret[:8], r.Uint64())
	binary.LittleEndian.PutUint64(c.Secret[8:], r.Uint64())
	return c
}

// scheduleStarts draws the time at which each node starts.
func (p *population) scheduleStarts() {
	p.starts = make([]protocol.Time, p.ids.size)
	p.order = make([]uint32, p.ids.size)
	for i := range p.order {
		p.order[i] = uint32(i)
	}
	over := uint64(p.spec.Join.Over)
	if p.spec.Tables != scenarios.TablesJoin || over == 0 {
		return
	}
	for i := range p.starts {
		r := protocol.NewRand(p.seed, purposeJoin, uint64(p.ids.first)+uint64(i))
		p.starts[i] = protocol.Time(r.Uint64n(over))
	}
	slices.SortFunc(p.order, p.byStart)
}

// seeds gives a joining node the addresses of different nodes that started before it. The very
// first one knows nobody; others find it.
func (p *population) seeds(i uint32, dst []protocol.Addr) []protocol.Addr {
	earlier := p.rank(i)
	r := protocol.NewRand(p.seed, purposeSeeds, uint64(p.ids.first+i))
	for want := len(dst) + min(p.spec.Join.Bootstrap, earlier); len(dst) < want; {
		addr := sim.AddrOf(p.ids.first + p.order[r.Intn(earlier)])
		if !slices.Contains(dst, addr) {
			dst = append(dst, addr)
		}
	}
	return dst
}

// rank returns how many nodes start before node i.
func (p *population) rank(i uint32) int {
	return sort.Search(len(p.order), func(n int) bool { return p.byStart(p.order[n], i) >= 0 })
}

// byStart compares nodes by their start, and those that start together by their number, which is
// the order in which they do.
func (p *population) byStart(a, b uint32) int {
	return cmp.Or(cmp.Compare(p.starts[a], p.starts[b]), cmp.Compare(a, b))
}
