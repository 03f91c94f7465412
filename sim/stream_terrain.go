package sim

import (
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol"
)

// stormy returns what the weather does to one packet of a stream. TCP drops what is damaged and
// what came twice.
func (t *terrain) stormy(
	at protocol.Time, id, target, seq uint32, delay time.Duration,
) (time.Duration, bool) {
	trip := netmodel.Trip{Delay: delay}
	t.weather.Alter(at, id, target, seq, &trip, t.hits)
	return trip.Delay, trip.Lost || trip.Flaw != 0
}

// reachable reports whether a node's NAT or firewall lets connections in that others dial.
func (w *World) reachable(id uint32) bool {
	return w.terrain == nil || w.terrain.gates == nil || w.terrain.gates.Listens(id)
}
