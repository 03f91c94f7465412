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

// books are Stats while they are being written: by the goroutine in Run, read by anyone.
type books struct {
	received, receivedBytes, sent, sentBytes                 atomic.Uint64
	oversize, readErrors, sendErrors, otherFamily, wakeTurns atomic.Uint64
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
