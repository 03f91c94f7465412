package lab

import (
	"fmt"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/sim"
)

// observers are the nodes of those who measure the network from within: real programs on public
// addresses, numbered after all nodes of the scenario, which they change no more than such programs
// do. Those of a kind follow each other: own nodes in the zone, crawlers, vantage nodes, and
// accomplices at other addresses.
type observers struct {
	overlay     *overlay
	centre      krpc.ID // of the zone
	planted     *population
	crawlers    *crawlers
	vantages    *vantages
	accomplices *accomplices
	first       [observerKinds]uint32 // number in the world of the first node of a kind
}

const (
	plantedKind = iota
	crawlerKind
	vantageKind
	accompliceKind
	observerKinds
)

// newObservers returns nil if nobody observes.
func newObservers(o *overlay) (*observers, error) {
	s := o.scenario
	if s.Observers() == 0 {
		return nil, nil
	}
	b := &observers{overlay: o}
	r := protocol.NewRand(o.seed, purposeZone, 0)
	b.centre = krpc.RandomID(&r)
	next := uint32(s.Nodes())
	for kind, size := range b.sizes() {
		b.first[kind] = next
		next += uint32(size)
	}
	var err error
	if b.planted, err = b.newNodes(plantedKind); err != nil {
		return nil, err
	}
	for i := range uint32(s.Crawl.Planted) {
		b.planted.group.Assign(i, inZone(b.centre, s.Crawl.Zone, &r))
	}
	b.crawlers = newCrawlers(b)
	own, err := b.newNodes(vantageKind)
	if err != nil {
		return nil, err
	}
	for i := range uint32(s.Probes.Vantages) {
		own.group.Assign(i, krpc.RandomID(&r))
	}
	b.vantages = newVantages(b, own.group)
	b.accomplices = newAccomplices(b, krpc.RandomID(&r))
	return b, nil
}

// sizes are the numbers of nodes of each kind.
func (b *observers) sizes() [observerKinds]int {
	s := b.overlay.scenario
	return [observerKinds]int{s.Crawl.Planted, s.Crawl.Crawlers, s.Probes.Vantages,
		s.Probes.Vantages}
}

// newNodes makes the ordinary nodes of a kind: like those of the first group's first client, but
// with the ids that they were given.
func (b *observers) newNodes(kind int) (*population, error) {
	o, g := b.overlay, &b.overlay.scenario.Groups[0]
	p := &population{overlay: o, spec: g, client: g.Portions()[0].Client, first: b.first[kind],
		size: uint32(b.sizes()[kind])}
	p.cfg = o.scenario.Config(g, p.client)
	p.cfg.SecureIDs, p.cfg.Secret = dht.SecureIDsIgnored, secretOf(o.seed, p.first)
	seeds := func(i uint32, dst []protocol.Addr) []protocol.Addr {
		return o.seedsNow(p.first+i, max(p.spec.Join.Bootstrap, 1), dst)
	}
	var err error
	p.group, err = dht.New(p.cfg, dht.Env{Directory: o.ids, Seeds: seeds}, int(p.size))
	if err != nil {
		return nil, fmt.Errorf("observers: %w", err)
	}
	return p, nil
}

// settled returns the own nodes if they run, as those of the first group do, since long before the
// world begins: then they are in warm tables and have such. It is nil where there are none.
func (b *observers) settled() *population {
	if b == nil || b.planted.size == 0 || b.planted.spec.Tables != scenarios.TablesWarm {
		return nil
	}
	return b.planted
}

// ownNodes are the planted nodes, numbered right after all nodes of the scenario; or none.
func (b *observers) ownNodes() section {
	if b == nil {
		return section{}
	}
	return section{b.planted.first, b.planted.size}
}

// inZone returns a random id that begins as the zone's do.
func inZone(centre krpc.ID, bits int, r *protocol.Rand) krpc.ID {
	id, rest := krpc.RandomID(r), ^uint64(0)>>bits
	id.Hi = centre.Hi&^rest | id.Hi&rest
	return id
}

// cores are the observers as the world calls them, in the order of their numbers.
func (b *observers) cores() []protocol.Datagrams {
	if b == nil {
		return nil
	}
	return []protocol.Datagrams{b.planted.cores(), b.crawlers, b.vantages, b.accomplices}
}

// schedule enters when the observers come, and that a crawl is cut short. Own nodes have lives like
// those of all nodes, and are scheduled with them.
func (b *observers) schedule(w *sim.World) {
	if b == nil {
		return
	}
	s := b.overlay.scenario
	for i := range uint32(s.Crawl.Crawlers) {
		node := b.first[crawlerKind] + i
		w.StartAt(node, protocol.Time(s.Crawl.At))
		if end := s.Crawl.End(s.Duration); end < s.Duration {
			w.StopAt(node, protocol.Time(end))
		}
	}
	for i := range uint32(s.Probes.Vantages) {
		at := protocol.Time(s.Probes.From).Add(time.Second)
		w.StartAt(b.first[vantageKind]+i, at)
		w.StartAt(b.first[accompliceKind]+i, at)
	}
}

// idOf returns the id of an observer that may be in tables, by its number in the world.
func (b *observers) idOf(node uint32) krpc.ID {
	switch {
	case b == nil:
	case node >= b.first[accompliceKind]:
	case node >= b.first[vantageKind]:
		return b.vantages.ID(node - b.first[vantageKind])
	case node < b.first[crawlerKind]:
		return b.planted.group.ID(node - b.planted.first)
	}
	return krpc.ID{}
}

// report writes down what was measured, and the truth.
func (b *observers) report(run *findings.Run, now protocol.Time) {
	if b == nil {
		return
	}
	s := b.overlay.scenario
	if !s.Crawl.None() {
		run.Census = b.crawlers.census(now)
	}
	if !s.Probes.None() {
		run.Connectivity = b.vantages.tally(b.accomplices, now)
	}
}
