package swarm

import (
	"time"

	"swarmlab/protocol"
)

// Tally is what one end counted of its transfers with another, or with all of them. Payload is the
// data in piece messages; all other bytes of the stream are overhead. Useful, Redundant and Failed
// are shares of PayloadDown; what they do not explain is on its way to be verified, or was the
// beginning of a block that did not come whole. What came with the message for which a connection
// was closed, and behind it, is overhead whatever it is: nobody read it.
//
// Clients report different numbers as uploaded and downloaded: Queued is that of anacrolix,
// PayloadUp that of libtorrent, and so on; all can be derived, see [Books].
type Tally struct {
	OverheadUp   uint64 // bytes written that are no payload
	OverheadDown uint64 // bytes that came and are none
	Queued       uint64 // payload of piece messages that were written to the stream
	PayloadUp    uint64 // that part of it which has left the line
	HeadersUp    uint64 // the same of the headers of piece messages, a part of OverheadUp
	PayloadDown  uint64 // payload that came
	Useful       uint64 // payload of blocks that were missing, whether or not they failed later
	Redundant    uint64 // payload of blocks that were there already, or nobody wanted
	Failed       uint64 // payload of blocks in pieces whose hash was wrong
	Partial      uint64 // payload of blocks that had only begun when the connection ended
	BlocksUp     uint32 // piece messages written
	BlocksDown   uint32 // piece messages that came
	Rejected     uint32 // requests of ours that were rejected, or void by a choke
	Conns        uint32 // connections that got past the handshake

	Connected  time.Duration // in all
	Interested time.Duration // we were interested in the other end
	Wanted     time.Duration // it was interested in us
	Regular    time.Duration // it was unchoked by us for what it gave
	Optimistic time.Duration // it was unchoked by us without regard to that
	Unchoked   time.Duration // it unchoked us
}

// Add adds another tally.
func (a *Tally) Add(b *Tally) {
	a.Queued += b.Queued
	a.PayloadUp += b.PayloadUp
	a.HeadersUp += b.HeadersUp
	a.PayloadDown += b.PayloadDown
	a.OverheadUp += b.OverheadUp
	a.OverheadDown += b.OverheadDown
	a.Useful += b.Useful
	a.Redundant += b.Redundant
	a.Failed += b.Failed
	a.Partial += b.Partial
	a.BlocksUp += b.BlocksUp
	a.BlocksDown += b.BlocksDown
	a.Rejected += b.Rejected
	a.Conns += b.Conns
	a.Connected += b.Connected
	a.Interested += b.Interested
	a.Wanted += b.Wanted
	a.Regular += b.Regular
	a.Optimistic += b.Optimistic
	a.Unchoked += b.Unchoked
}

// span is the beginning of a time that is being measured; negative while none is.
type span protocol.Time

const notRunning = span(-1)

// turn begins or ends the time, and adds what ended to d.
func (s *span) turn(on bool, now protocol.Time, d *time.Duration) {
	switch running := *s >= 0; {
	case on && !running:
		*s = span(now)
	case !on && running:
		*d += now.Sub(protocol.Time(*s))
		*s = notRunning
	}
}

// sofar returns the time measured since the beginning.
func (s span) sofar(now protocol.Time) time.Duration {
	if s < 0 {
		return 0
	}
	return now.Sub(protocol.Time(s))
}
