package sim

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
			warmth += w.foresee(e.target, nil)
		}
	}
	for i := range events {
		e := &events[i]
		if e.kind() == kindDatagram {
			_, payload := w.pool.get(e.handle())
			for at := unitBytes; at < len(payload); at += unitBytes {
				warmth += uint64(payload[at])
			}
			warmth += w.foresee(e.target, payload)
		}
	}
	return warmth
}

func (w *World) foresee(id uint32, payload []byte) uint64 {
	g := &w.groups[w.nodes[id].group]
	if g.foreseer == nil {
		return 0
	}
	return g.foreseer.Foresee(id-g.first, payload)
}
