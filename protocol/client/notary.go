package client

import (
	"bytes"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/swarm"
)

// notary is the part of the clients in what peers state to each other.
type notary struct{ g *Group }

var _ swarm.Notary = notary{}

// Known implements swarm.Notary, as do the others.
func (n notary) Known(i uint32) (key []byte, receipts bool) {
	a, cfg := n.g.clients[i].account, &n.g.cfg
	if a == nil || cfg.Cheat.Kind == Ghost || cfg.Audit.Window == 0 && cfg.Audit.Settle == 0 {
		return nil, false
	}
	return a.key[:], cfg.Audit.Window > 0
}

// Met remembers who is at the other end. Nobody states anything about himself.
func (n notary) Met(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn, key swarm.Key,
	receipts bool) {
	a := n.g.clients[i].account
	if key == a.key {
		return
	}
	for int(c) >= len(a.links) {
		a.links = append(a.links, link{})
	}
	l := &a.links[c]
	*l = link{met: true, pair: pairKey{torrent, key}, deals: receipts && n.g.cfg.Audit.Window > 0,
		epoch: n.g.cfg.Audit.clock(t.Now)}
	if at, ok := a.index[l.pair]; ok {
		l.epoch = max(l.epoch, a.pairs[at].epoch+1)
	}
}

// Received signs for what came, each window of bytes.
func (n notary) Received(i uint32, c protocol.Conn, bytes uint32) (receipt []byte) {
	g := n.g
	a := g.clients[i].account
	l := a.shown(c)
	if l == nil || !l.deals || g.cfg.Cheat.Kind == Withholder || a.mints(&g.cfg.Cheat, l.pair.key) {
		return nil
	}
	if l.issuer == nil {
		terms := audit.Terms{InfoHash: g.torrents[l.pair.torrent].InfoHash, By: a.key,
			For: l.pair.key}
		l.issuer = audit.NewIssuer(a.private, terms, l.epoch, g.cfg.Audit.Window)
	}
	if !l.issuer.Received(uint64(bytes)) {
		return nil
	}
	return g.sign(l.issuer)
}

// Rest signs for what is less than a window.
func (n notary) Rest(i uint32, c protocol.Conn) (receipt []byte) {
	l := n.g.clients[i].account.shown(c)
	if l == nil || l.issuer == nil || l.issuer.Unsigned() == 0 {
		return nil
	}
	return n.g.sign(l.issuer)
}

// sign returns the body of a receipt for all that came. It is valid until the next statement.
func (g *Group) sign(by *audit.Issuer) (receipt []byte) {
	g.counters.Signed++
	g.statement = by.Append(g.statement[:0])
	return g.statement
}

// Sent counts what is to be signed for.
func (n notary) Sent(i uint32, c protocol.Conn, bytes uint32) {
	a := n.g.clients[i].account
	l := a.shown(c)
	if l == nil || !l.deals {
		return
	}
	if l.collector == nil {
		l.collector = audit.NewCollector(audit.Terms{By: l.pair.key, For: a.key,
			InfoHash: n.g.torrents[l.pair.torrent].InfoHash})
	}
	l.collector.Sent(uint64(bytes))
	l.sent += uint64(bytes)
}

// Receipt takes one.
func (n notary) Receipt(i uint32, c protocol.Conn, body []byte) {
	l := n.g.clients[i].account.shown(c)
	if l == nil || l.collector == nil { // nothing was sent that it could be for
		n.g.counters.Receipts[audit.Surplus]++
		return
	}
	if l.refused >= refusedMost {
		n.g.counters.Receipts[audit.Flood]++
		return
	}
	f := l.collector.Take(body)
	n.g.counters.Receipts[f]++
	if f != audit.OK {
		l.refused++
		return
	}
	l.taken, l.again = true, false
}

// refusedMost is how many receipts are refused on a connection before none is looked at any more:
// to check a signature takes far longer than to send a forged one.
const refusedMost = 64

// Serves withholds blocks from who withholds receipts, if that is wanted: what a peer has left
// unsigned may be a window, what is under way, and a quarter of what it has signed for.
func (n notary) Serves(i uint32, c protocol.Conn, written, underway uint64) bool {
	cfg, a := &n.g.cfg, n.g.clients[i].account
	if !cfg.Audit.Strict || a == nil || cfg.Cheat.Kind == Ghost {
		return true
	}
	most := cfg.Audit.Window + underway
	l := a.shown(c)
	if l == nil {
		return written <= most
	}
	if a.minted(&cfg.Cheat, l.pair.key) {
		return true
	}
	unsigned := written
	if l.collector != nil {
		unsigned = l.collector.Unsigned()
		most += (l.sent - unsigned) / 4
	}
	if at, ok := a.index[l.pair]; ok {
		unsigned += a.pairs[at].debt
		most += a.pairs[at].paid / 4
	}
	if unsigned <= most {
		return true
	}
	if !l.cut {
		l.cut = true
		n.g.counters.Cut++
	}
	return false
}

// Parted states what was transferred on a connection, and keeps the proof.
func (n notary) Parted(i uint32, t *protocol.Turn, c protocol.Conn, up, down uint64) {
	g := n.g
	a := g.clients[i].account
	l := a.shown(c)
	if l == nil {
		return
	}
	ended := *l
	*l = link{}
	if up+down == 0 {
		return
	}
	p := a.pair(ended.pair)
	if p == nil {
		g.counters.Unbooked++
		return
	}
	p.epoch = max(p.epoch, ended.epoch)
	p.ended[0] += up
	p.ended[1] += down
	if k := ended.collector; k != nil {
		p.debt += k.Unsigned()
		a.unsigned += k.Unsigned()
		p.paid += ended.sent - k.Unsigned()
		if k.Proof() != nil {
			p.proof, p.owed = bytes.Clone(k.Proof()), ended.taken || !ended.again
		}
	}
	if g.cfg.Audit.Settle == 0 {
		return
	}
	if ended.taken {
		g.prove(t, a, p.proof)
	}
	p.now = a.running(g, i, p.pairKey)
	g.report(t, a, p)
}
