package lab

import (
	"cmp"
	"slices"
	"sort"
	"sync"
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/scenarios"
	"swarmlab/sim"
)

// lives says when each node of the world is up: a plan that is made before the run and that the
// world carries out. It is a function of the seed and of a node's number, so two arms share it.
type lives struct {
	offset   []uint32 // of a node's first session; one more for the end
	sessions []session
	churned  bool     // some nodes come and go
	order    []uint32 // nodes by the start of their first session
	rank     []uint32 // a node's place in order; nil if that is its number
}

// session is one time for which a node is up.
type session struct {
	from, to protocol.Time // protocol.Never if it does not end
	graceful bool
}

func newLives(s *scenarios.Scenario, seed uint64, laws *laws) (*lives, error) {
	nodes := s.Nodes()
	l := &lives{offset: make([]uint32, 1, nodes+1), sessions: make([]session, 0, nodes)}
	for i := range s.Groups {
		if err := l.settle(s, &s.Groups[i], s.Groups[i].Size, seed, laws); err != nil {
			return nil, err
		}
	}
	if err := l.settle(s, &s.Groups[0], s.Crawl.Planted, seed, laws); err != nil {
		return nil, err
	}
	l.sort()
	return l, nil
}

// settle adds that many nodes that live as those of a group do.
func (l *lives) settle(s *scenarios.Scenario, g *scenarios.Group, size int, seed uint64,
	laws *laws) error {
	all, err := laws.of(s, g)
	if err != nil {
		return err
	}
	l.churned = l.churned || all != nil
	for range size {
		node := uint64(len(l.offset) - 1)
		first := joinTime(g, seed, node)
		if all == nil {
			l.sessions = append(l.sessions, session{from: first, to: protocol.Never})
		} else {
			l.live(all.Of(seed, node), first, protocol.Time(s.Duration))
		}
		l.offset = append(l.offset, uint32(len(l.sessions)))
	}
	return nil
}

// laws are the tables of the churns of an experiment and the files that these name, made and read
// when a run first needs them and shared by all runs. The zero value has none yet.
type laws struct {
	mu    sync.Mutex
	files scenarios.ChurnFiles
	lives map[netmodel.Churn]*netmodel.Lives
}

const lawsMost = 64 // churns whose tables are kept: 650 KB each

// of returns the lives of a group's churn, or nil if there is none.
func (ls *laws) of(s *scenarios.Scenario, g *scenarios.Group) (*netmodel.Lives, error) {
	if g.Churn.None() {
		return nil, nil
	}
	ls.mu.Lock()
	defer ls.mu.Unlock()
	churn, err := ls.files.Churn(s, g)
	if err != nil {
		return nil, err
	}
	if ls.lives == nil || len(ls.lives) == lawsMost {
		ls.lives = map[netmodel.Churn]*netmodel.Lives{}
	}
	if ls.lives[churn] == nil {
		ls.lives[churn] = netmodel.NewLives(churn)
	}
	return ls.lives[churn], nil
}

// joinTime draws the time at which a node of a group comes into the network.
func joinTime(g *scenarios.Group, seed, node uint64) protocol.Time {
	over := uint64(g.Join.Over)
	if g.Tables != scenarios.TablesJoin || over == 0 {
		return 0
	}
	r := protocol.NewRand(seed, purposeJoin, node)
	return protocol.Time(r.Uint64n(over))
}

// live adds the sessions of one node. Those that are up at the start come in at the time of their
// join: what they would have been up before it is left out.
func (l *lives) live(life netmodel.Life, first, end protocol.Time) {
	for {
		from, _ := life.Next()
		if from >= end {
			return
		}
		to, event := life.Next()
		if from == 0 {
			from = first
		}
		if from < to {
			l.sessions = append(l.sessions, session{from, to, event == netmodel.Stops})
		}
	}
}

// sort orders the nodes by the start of their first session, and those that start together by
// their number, which is the order in which they do.
func (l *lives) sort() {
	nodes := len(l.offset) - 1
	l.order = make([]uint32, nodes)
	together := true
	for i := range l.order {
		l.order[i] = uint32(i)
		together = together && l.begin(uint32(i)) == l.begin(0)
	}
	if together {
		return
	}
	slices.SortFunc(l.order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(l.begin(a), l.begin(b)), cmp.Compare(a, b))
	})
	l.rank = make([]uint32, nodes)
	for place, node := range l.order {
		l.rank[node] = uint32(place)
	}
}

func (l *lives) of(node uint32) []session {
	return l.sessions[l.offset[node]:l.offset[node+1]]
}

// begin returns the start of a node's first session.
func (l *lives) begin(node uint32) protocol.Time {
	if of := l.of(node); len(of) > 0 {
		return of[0].from
	}
	return protocol.Never
}

// earlier returns how many nodes start before a node.
func (l *lives) earlier(node uint32) int {
	if l.rank == nil {
		return int(node)
	}
	return int(l.rank[node])
}

// up tells whether a node has started before a time and not left until then.
func (l *lives) up(node uint32, at protocol.Time) bool {
	of := l.of(node)
	after := sort.Search(len(of), func(n int) bool { return of[n].from >= at })
	return after > 0 && at < of[after-1].to
}

// atStart tells whether a node is up as soon as the world begins.
func (l *lives) atStart(node uint32) bool { return l.begin(node) == 0 }

// schedule enters all comings and goings.
func (l *lives) schedule(w *sim.World, end protocol.Time) {
	for node := range uint32(len(l.offset) - 1) {
		for _, s := range l.of(node) {
			w.StartAt(node, s.from)
			switch {
			case s.to >= end:
			case s.graceful:
				w.StopAt(node, s.to)
			default:
				w.CrashAt(node, s.to)
			}
		}
	}
}

// online returns for how long some nodes, together, are up from one time to another.
func (l *lives) online(first, size uint32, from, to protocol.Time) time.Duration {
	total := time.Duration(0)
	for node := first; node < first+size; node++ {
		for _, s := range l.of(node) {
			if begin, end := max(s.from, from), min(s.to, to); begin < end {
				total += end.Sub(begin)
			}
		}
	}
	return total
}
