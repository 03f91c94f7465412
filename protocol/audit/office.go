package audit

import (
	"swarmlab/protocol"
	"swarmlab/protocol/tracker"
)

// The first byte of a datagram to an [Office] says what follows it.
const (
	ReportKind  = 1 // a Report, of ReportSize bytes
	ReceiptKind = 2 // a Receipt, of ReceiptSize bytes
)

// OfficeConfig is what an office believes, and how much it hears.
type OfficeConfig struct {
	Book BookConfig
	// HostRate is how many datagrams a second are heard of one host, an IPv4 address or an IPv6
	// /64, and HostBurst how many at once after silence. A HostRate of 0 sets no limit: since
	// anybody can send in the name of any host, a limit also lets a flood keep that host out.
	HostRate, HostBurst uint32
	// Secret keeps others from knowing which hosts share what is heard of them: it must come from
	// the outside, and may be 0 in a simulation.
	Secret [16]byte
}

// Office is where peers bring what they report and what was signed for them, by UDP: a core of one
// node, which never answers. It implements protocol.Datagrams.
type Office struct {
	cfg   OfficeConfig
	cross *CrossBook
	bank  *Bank
	hosts tracker.Hosts
	tally OfficeTally
}

// OfficeTally is what an office has counted. What was in the datagrams that it looked at is in the
// Counts of the books.
type OfficeTally struct {
	Reports, Receipts         uint64 // that came, good or bad
	ReportBytes, ReceiptBytes uint64 // of them, with the first byte
	Empty                     uint64 // datagrams without a byte
	Unknown                   uint64 // datagrams of another kind
	Flooded                   uint64 // datagrams that were too many of one host
}

var _ protocol.Datagrams = (*Office)(nil)

// NewOffice returns an office with empty books.
func NewOffice(cfg OfficeConfig) *Office {
	return &Office{cfg: cfg, cross: NewCrossBook(cfg.Book), bank: NewBank(cfg.Book)}
}

// CrossBook returns the reports (M7). It belongs to the office.
func (o *Office) CrossBook() *CrossBook { return o.cross }

// Bank returns the receipts (M8). It belongs to the office.
func (o *Office) Bank() *Bank { return o.bank }

// Tally returns what was counted so far.
func (o *Office) Tally() OfficeTally { return o.tally }

// Len returns 1.
func (o *Office) Len() int { return 1 }

// Start does nothing: an office only listens.
func (o *Office) Start(uint32, *protocol.Turn) {}

// Wake does nothing.
func (o *Office) Wake(uint32, *protocol.Turn) {}

// Stop does nothing.
func (o *Office) Stop(uint32, *protocol.Turn) {}

// Drop forgets all that was stated: what is wanted of the books is to be read before.
func (o *Office) Drop(uint32) { *o = *NewOffice(o.cfg) }

// Datagram enters a statement into its book. What is not one, or is not believed, is counted.
func (o *Office) Datagram(_ uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	switch {
	case o.cfg.HostRate > 0 &&
		o.hosts.Flooded(t.Now, from, &o.cfg.Secret, o.cfg.HostRate, o.cfg.HostBurst):
		o.tally.Flooded++
	case len(p) == 0:
		o.tally.Empty++
	case p[0] == ReportKind:
		o.tally.Reports++
		o.tally.ReportBytes += uint64(len(p))
		o.cross.Take(t.Now, p[1:])
	case p[0] == ReceiptKind:
		o.tally.Receipts++
		o.tally.ReceiptBytes += uint64(len(p))
		o.bank.Deposit(t.Now, p[1:])
	default:
		o.tally.Unknown++
	}
}
