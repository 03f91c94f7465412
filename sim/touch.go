package sim

import "swarmlab/protocol"

// touchEvents is how many events the engine looks ahead: enough for their cache misses to overlap,
// few enough for what they bring in to stay.
const touchEvents = 32

// touchNodes is from how many nodes on that pays. Of fewer the caches hold nearly everything, and
// what looking ahead costs is more than what it saves: 10,000 nodes run 3 % faster without.
const touchNodes = 1 << 15

// touch reads a little of everything that the next events will need. In a large world nearly all
// time goes into cache misses, one after the other; here they happen side by side. It changes
// nothing: what it returns is only there so that the compiler does not remove the reads.
func (w *World) touch(events []event) (warmth uint64) {
	for i := range events {
		e := &events[i]
		warmth += w.nodes[e.target].eventHash
		if e.kind() == kindDatagram {
			warmth += uint64(w.pool.block(e.handle())[0])
			warmth += w.books[e.source].Delivered.Bytes + w.nodes[e.target].sent.Bytes
		}
	}
	list := w.ahead[:0]
	for i := range events {
		e := &events[i]
		p := protocol.Prospect{Core: e.target}
		if e.kind() == kindDatagram {
			_, p.Head = w.pool.get(e.handle())
			for at := unitBytes; at < len(p.Head); at += unitBytes {
				warmth += uint64(p.Head[at])
			}
		}
		list = append(list, p)
	}
	return warmth + w.foresee(list, (*population).foresee)
}

// foresee has groups look ahead to what their cores, here numbered as in the world, have to do.
func (w *World) foresee(
	list []protocol.Prospect, ask func(*population, []protocol.Prospect) uint64,
) (warmth uint64) {
	for len(list) > 0 {
		group := w.nodes[list[0].Core].group
		g := &w.groups[group]
		n := 0
		for ; n < len(list) && w.nodes[list[n].Core].group == group; n++ {
			list[n].Core -= g.first
		}
		warmth += ask(g, list[:n])
		list = list[n:]
	}
	return warmth
}

func (g *population) foresee(list []protocol.Prospect) uint64 {
	if g.foreseer == nil {
		return 0
	}
	return g.foreseer.Foresee(list)
}

func (g *population) foreseeStreams(list []protocol.Prospect) uint64 {
	if g.streamForeseer == nil {
		return 0
	}
	return g.streamForeseer.ForeseeStreams(list)
}
