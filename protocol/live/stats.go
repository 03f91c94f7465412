package live

import "sync/atomic"

// Stats is what a node's sockets did so far. Bytes are UDP payload.
type Stats struct {
	Received      uint64 `json:"received"` // datagrams handed to the core
	ReceivedBytes uint64 `json:"received_bytes"`
	Sent          uint64 `json:"sent"` // datagrams the system accepted
	SentBytes     uint64 `json:"sent_bytes"`
	Oversize      uint64 `json:"oversize"`     // received, longer than MaxDatagram, dropped
	ReadErrors    uint64 `json:"read_errors"`  // reads that failed, such as bounced datagrams
	SendErrors    uint64 `json:"send_errors"`  // datagrams the system refused
	OtherFamily   uint64 `json:"other_family"` // datagrams to a family without a socket
	Wakes         uint64 `json:"wakes"`        // deadlines kept
}

// StreamStats is what a node's connections did so far. Bytes are those of the streams.
type StreamStats struct {
	Open          int64  `json:"open"`           // connections there are now, also closing ones
	Dialed        uint64 `json:"dialed"`         // connections the core asked for
	DialFailures  uint64 `json:"dial_failures"`  // those that were not established
	Accepted      uint64 `json:"accepted"`       // connections the core took
	TurnedAway    uint64 `json:"turned_away"`    // those that came when there were too many
	AcceptErrors  uint64 `json:"accept_errors"`  // failures to accept, such as too many open files
	ReceivedBytes uint64 `json:"received_bytes"` // also those for which it was too late
	SentBytes     uint64 `json:"sent_bytes"`     // that the system took
	Overflows     uint64 `json:"overflows"`      // connections reset: the core wrote too much
	Stalls        uint64 `json:"stalls"`         // connections reset: the other end took nothing
	Unreadable    uint64 `json:"unreadable"`     // connections reset: no bytes for a body
}

// books are Stats and StreamStats while they are being written, read by anyone.
type books struct {
	received, receivedBytes, sent, sentBytes                 atomic.Uint64
	oversize, readErrors, sendErrors, otherFamily, wakeTurns atomic.Uint64

	open                                                      atomic.Int64
	dialed, dialFailures, accepted, turnedAway, acceptErrors  atomic.Uint64
	streamReceived, streamSent, overflows, stalls, unreadable atomic.Uint64
}

// Stats returns the counts so far.
func (n *Node) Stats() Stats {
	b := &n.books
	return Stats{
		Received: b.received.Load(), ReceivedBytes: b.receivedBytes.Load(),
		Sent: b.sent.Load(), SentBytes: b.sentBytes.Load(),
		Oversize: b.oversize.Load(), ReadErrors: b.readErrors.Load(),
		SendErrors: b.sendErrors.Load(), OtherFamily: b.otherFamily.Load(),
		Wakes: b.wakeTurns.Load(),
	}
}

// StreamStats returns the counts of connections so far.
func (n *Node) StreamStats() StreamStats {
	b := &n.books
	return StreamStats{
		Open: b.open.Load(), Dialed: b.dialed.Load(), DialFailures: b.dialFailures.Load(),
		Accepted: b.accepted.Load(), TurnedAway: b.turnedAway.Load(),
		AcceptErrors: b.acceptErrors.Load(), ReceivedBytes: b.streamReceived.Load(),
		SentBytes: b.streamSent.Load(), Overflows: b.overflows.Load(),
		Stalls: b.stalls.Load(), Unreadable: b.unreadable.Load(),
	}
}
