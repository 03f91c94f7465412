package swarm

import (
	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// Notary is the owner's part in what peers state about transfers (package audit): by which keys
// they know each other, and the receipts (sl_receipt). All payload counts, also what is found to
// be bad. It is called within turns, and may call Transferred.
type Notary interface {
	// Known returns the public key that core i shows to its peers, and whether it deals in
	// receipts. Without a key it neither states anything nor hears of the keys of others.
	Known(i uint32) (key []byte, receipts bool)
	// Met says which key the peer of a connection shows: once, before the calls that follow, and
	// not proven. Receipts says whether the peer deals in them.
	Met(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn, key Key, receipts bool)
	// Received counts payload of a whole block that came, and returns the body of a receipt if one
	// is due. It is valid until the next call.
	Received(i uint32, c protocol.Conn, n uint32) (receipt []byte)
	// Rest returns the body of a receipt for all that came and is not signed for yet, or nothing if
	// that is none. It is asked when we want nothing more: when a download is complete, before
	// others hear of that, and before we close a connection, unless it is the peer's fault.
	Rest(i uint32, c protocol.Conn) (receipt []byte)
	// Sent counts payload that was written.
	Sent(i uint32, c protocol.Conn, n uint32)
	// Receipt takes the body of a receipt that came.
	Receipt(i uint32, c protocol.Conn, body []byte)
	// Serves says whether a peer is to get the next block. It may not have been met. It was written
	// so much payload, of which so much may be under way.
	Serves(i uint32, c protocol.Conn, written, underway uint64) bool
	// Parted says that a connection is no more on which a key was shown, and what payload left and
	// came on it: also what came behind the message for which we closed it, which nobody reads. The
	// number of the connection will be used again.
	Parted(i uint32, t *protocol.Turn, c protocol.Conn, up, down uint64)
}

// Key is a public key.
type Key = [peerwire.KeySize]byte

// underwayLeast is how much may always be under way, and not yet signed for.
const underwayLeast = 4 * BlockSize

// present puts our key into the extension handshake.
func (x *turn) present(h *peerwire.ExtHandshake) {
	if x.g.env.Notary == nil {
		return
	}
	key, receipts := x.g.env.Notary.Known(x.i)
	if h.Key = key; len(key) > 0 && receipts {
		h.Support(peerwire.ExtReceipt)
	}
}

// meet takes the first key that a peer shows.
func (x *turn) meet(c *conn, key []byte) {
	n := x.g.env.Notary
	if n == nil || c.met || len(key) == 0 {
		return
	}
	if ours, _ := n.Known(x.i); len(ours) == 0 {
		return
	}
	c.met = true
	n.Met(x.i, x.Turn, c.member.index, c.number, Key(key), c.exts[peerwire.ExtReceipt] != 0)
}

// vouch counts a block that came, and signs for it when a receipt is due.
func (x *turn) vouch(c *conn, n uint32) {
	x.attest(c, x.g.env.Notary.Received(x.i, c.number, n))
}

// settleUp signs for the rest of what came, for nothing more will.
func (x *turn) settleUp(c *conn) {
	if c.met {
		x.attest(c, x.g.env.Notary.Rest(x.i, c.number))
	}
}

// attest gives a receipt, if there is one.
func (x *turn) attest(c *conn, body []byte) {
	if id := c.exts[peerwire.ExtReceipt]; id != 0 && len(body) > 0 {
		x.g.scratch.out = peerwire.AppendExtended(x.g.scratch.out[:0], id, body)
		x.write(c, x.g.scratch.out)
	}
}

// receipt takes one, and goes on to serve who had to give it first.
func (x *turn) receipt(c *conn, body []byte) {
	if !c.met {
		x.g.counters.Ignored++
		return
	}
	x.g.env.Notary.Receipt(x.i, c.number, body)
	c.held = false
	x.pump(c)
}

// trusts says whether a peer is to get another block. What is sent in two seconds may be under
// way, but no more than a stream's queue may hold.
func (x *turn) trusts(c *conn) bool {
	n := x.g.env.Notary
	if n == nil {
		return true
	}
	underway := max(underwayLeast, min(2*c.up.perSecond(x.Now, c.opened), aheadMost))
	return n.Serves(x.i, c.number, c.tally.Queued, underway)
}

// Transferred returns the payload that left and came on a connection of core i; 0 if there is none.
func (g *Group) Transferred(i uint32, number protocol.Conn) (up, down uint64) {
	conns := g.cores[i].conns
	if int(number) >= len(conns) || conns[number] == nil {
		return 0, 0
	}
	c := conns[number]
	under := c.underway(g)
	return c.tally.PayloadUp + under.PayloadUp, c.tally.PayloadDown + under.PayloadDown
}
