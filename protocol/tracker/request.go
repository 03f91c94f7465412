package tracker

import (
	"math"

	"swarmlab/protocol"
)

// Event is what made a client announce, by its number in UDP packets (BEP 15), which is not the
// order of BEP 3.
type Event uint8

// The events.
const (
	Update    Event = iota // the interval is over
	Completed              // the download has just finished
	Started                // the first announce of a session
	Stopped                // the last one
	Paused                 // instead of Update while a partial seed downloads nothing (BEP 21)
	events
)

var eventNames = [events]string{"", "completed", "started", "stopped", "paused"}

// String returns the word of HTTP, which is empty for Update.
func (e Event) String() string {
	if e >= events {
		return "unknown_event"
	}
	return eventNames[e]
}

// UnknownLeft is what a client has left that does not yet know the torrent's size.
const UnknownLeft = math.MaxUint64

// unknownSigned is what UnknownLeft is in HTTP, and in the UDP packets of some.
const unknownSigned = math.MaxInt64

// Totals are the counters of a client, in bytes, as it reports them: cumulative, by convention
// since the start of its session. Nothing about them can be trusted; clients differ in what they
// count, and even honest counters may go down.
type Totals struct {
	Uploaded   uint64
	Downloaded uint64
	Left       uint64 // still missing; UnknownLeft if that is not known
	Corrupt    uint64 // of pieces that failed their hash; HTTP only
	Redundant  uint64 // received in vain; HTTP only
}

// DefaultWant leaves the number of peers to the tracker.
const DefaultWant = -1

// Request is an announce.
type Request struct {
	InfoHash [20]byte
	PeerID   [20]byte
	Addr     protocol.Addr // of the peer: the host that asks, and the port on which it listens
	Totals
	Event Event
	Want  int    // how many peers it would like; negative for the tracker's default
	Key   uint32 // random, the same from all addresses of one client during a session; 0 if none

	// HTTP only.
	Dictionary bool // peers as dictionaries (compact=0), not in compact form
	NoPeerID   bool // and then without their ids
	TrackerID  []byte
}

// known turns what others write for an unknown rest into UnknownLeft.
func known(left uint64) uint64 {
	if left >= unknownSigned {
		return UnknownLeft
	}
	return left
}
