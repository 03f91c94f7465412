package audits

import (
	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/swarm"
	"swarmlab/scenarios/findings"
)

// What is believed of a challenge.
const (
	// probesFailed is how many challenges a user must fail to be accused: a line may be slow once.
	probesFailed = 2
	// wishBytes are those of interested, unchoke and not interested, which a challenge takes beside
	// the request and its answer.
	wishBytes    = 3 * 5
	requestBytes = 17 // and those of a reject
	headerBytes  = 13 // of a block
)

// probing is the active half of M10: observers ask peers for blocks that these say they have.
type probing struct {
	torrents        []*audit.Probes // by torrent; each counts the answers of users
	bytes, messages uint64          // that it took
	asked           map[place]uint64
}

// Probe has observers challenge peers, which count as audits (M10).
func (b *Books) Probe() error {
	b.probing = &probing{asked: map[place]uint64{}}
	for _, t := range b.cfg.Torrents {
		g := t.Geometry
		p, err := audit.NewProbes(audit.ProbesConfig{Pieces: g.Pieces(), PieceLength: g.PieceLength,
			Last: g.PieceSize(g.Pieces() - 1), Block: swarm.BlockSize})
		if err != nil {
			return err
		}
		b.probing.torrents = append(b.probing.torrents, p)
	}
	return nil
}

// Challenge draws what to ask of the peer of a connection. Nobody is asked who has no account.
func (o *Observer) Challenge(rand *protocol.Rand, torrent uint32, c protocol.Conn, field []byte,
) (is audit.Challenge, ok bool) {
	u, known := o.account(torrent, c)
	if !known {
		return is, false
	}
	p := o.books.probing
	if is, ok = p.torrents[torrent].Draw(rand, field); ok {
		p.bytes += requestBytes + wishBytes
		p.messages += 2
		p.asked[place{u, torrent}] += uint64(is.Size) + headerBytes
	}
	return is, ok
}

// Answered takes a block that came, whether or not it is right.
func (o *Observer) Answered(now protocol.Time, torrent uint32, c protocol.Conn, bytes int,
	right bool) {
	p := o.books.probing
	p.bytes += headerBytes + uint64(bytes)
	a := audit.Served
	if !right {
		a = audit.Wrong
	}
	o.note(now, torrent, c, a)
}

// Unanswered takes why none came.
func (o *Observer) Unanswered(now protocol.Time, torrent uint32, c protocol.Conn,
	why swarm.Silence) {
	a := [...]audit.Answer{swarm.StaysChoked: audit.Choked, swarm.Rejects: audit.Denied,
		swarm.SaysNothing: audit.Silent}[why]
	if a == audit.Denied {
		o.books.probing.bytes += requestBytes
	}
	o.note(now, torrent, c, a)
}

// account returns whose the peer of a connection is.
func (o *Observer) account(torrent uint32, c protocol.Conn) (u audit.User, ok bool) {
	return o.books.cfg.Owner(o.peers[o.met[meeting{torrent, c}]])
}

// note counts what came of a challenge, and accuses who failed some.
func (o *Observer) note(now protocol.Time, torrent uint32, c protocol.Conn, a audit.Answer) {
	u, ok := o.account(torrent, c)
	if !ok {
		return
	}
	b := o.books
	b.probing.torrents[torrent].Note(u, a)
	if b.probing.of(u).Guilty(probesFailed) {
		b.m10.accuse(u, now)
	}
}

// less takes from a claim of an upload what observers asked of the user since the claim before.
// Nobody else announces that as a download, so that in an empty swarm every honest answer would
// look invented.
func (p *probing) less(u audit.User, torrent int, uploaded uint64) uint64 {
	at := place{u, uint32(torrent)}
	n := min(p.asked[at], uploaded)
	p.asked[at] -= n
	return uploaded - n
}

// of adds up the answers of a user in all torrents.
func (p *probing) of(u audit.User) (all audit.Probed) {
	for _, t := range p.torrents {
		for a, n := range t.Probed(u) {
			all[a] += n
		}
	}
	return all
}

// audited is M10: it accuses, and says nothing of volumes. The score of a user is 1 if an audit of
// its books found it guilty, and else the share of challenges that it failed.
func (b *Books) audited([]findings.Account) {
	for u := range b.m10.users {
		score, scored := 0.0, false
		if b.statements != nil && b.statements.audits != nil {
			scored = true
			if b.statements.audits.Caught(audit.User(u)) > 0 {
				score = 1
			}
		}
		if b.probing != nil {
			if of := b.probing.of(audit.User(u)); of.Asked() > 0 {
				scored = true
				score = max(score, float64(of.Failed())/float64(of.Asked()))
			}
		}
		if scored {
			b.m10.score(audit.User(u), score)
		}
	}
}

// costAudits is what M10 took of the network, in bytes and messages.
func (b *Books) costAudits() (bytes, messages uint64) {
	if s := b.statements; s != nil && s.audits != nil {
		bytes, messages = s.audits.Bytes, s.audits.Counted
	}
	if p := b.probing; p != nil {
		bytes, messages = bytes+p.bytes, messages+p.messages
	}
	return bytes, messages
}
