package dht

import (
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// replyItem answers get: a token, the contacts closest to the target, and the item stored for it. A
// value that the asker has already is left out; so is one that there is no room for, which happens
// only where the transaction id is unusually long.
func (g *Group) replyItem(i uint32, t *protocol.Turn, to protocol.Addr, m *krpc.Message) {
	token := g.token(i, to, g.tokenPeriod(t.Now))
	r := krpc.Reply{Token: token[:]}
	if stored := g.items.find(i, m.Target, t.Now); stored != nil {
		r.Item = &g.scratch.item
		stored.as(r.Item)
		has := stored.mutable && m.Item.HasSeq && stored.seq <= m.Item.Seq
		if has || spare(m.T, &r) < 0 {
			*r.Item = krpc.Item{Seq: stored.seq, HasSeq: stored.mutable}
		}
	}
	g.replyContacts(i, t, to, m, r)
}

// put handles put: it stores the item, or says which rule forbids it.
func (g *Group) put(i uint32, t *protocol.Turn, from protocol.Addr, m *krpc.Message) {
	no, target := g.forbidden(i, t, from, m), krpc.ID{}
	if no.code == 0 {
		target = m.Item.Target()
		no = g.outdated(i, t, target, &m.Item)
	}
	if no.code == 0 && !g.items.put(i, &g.nodes[i], target, &m.Item, t.Now) {
		no = refusal{ItemsFull, krpc.ServerError, "no room"}
	}
	if no.code != 0 {
		g.counters[no.why]++
		g.refuse(t, from, m, no.code, no.text)
		return
	}
	g.reply(i, t, from, m, krpc.Reply{})
}

// refusal is what is wrong with a put; nothing, if the code is 0.
type refusal struct {
	why  Reason
	code int
	text string
}

// forbidden judges a put by itself. The signature comes last: it takes longer than all the rest,
// and with the token before it, only those who receive at their address can make us check it.
func (g *Group) forbidden(
	i uint32, t *protocol.Turn, from protocol.Addr, m *krpc.Message,
) refusal {
	it := &m.Item
	switch {
	case len(it.V) == 0 || !m.HasToken || it.Key != nil && !complete(it):
		return refusal{BadArgument, krpc.ProtocolError, "missing or wrong argument"}
	case len(it.V) > krpc.ValueMax || !Returnable(it):
		return refusal{ValueTooBig, krpc.ValueSizeError, "v is too big"}
	case len(it.Salt) > krpc.SaltMax:
		return refusal{SaltTooBig, krpc.SaltSizeError, "salt is too big"}
	case !g.tokenValid(i, from, t.Now, m.Token):
		return refusal{BadToken, krpc.ProtocolError, "invalid token"}
	case !it.Canonical():
		return refusal{BadValue, krpc.ProtocolError, "v is not canonical bencode"}
	case it.Key != nil && !it.Verify():
		return refusal{BadSignature, krpc.SignatureError, "invalid signature"}
	}
	return refusal{}
}

// complete reports whether a mutable item has everything; a wrong signature is another matter.
func complete(it *krpc.Item) bool {
	return len(it.Key) == krpc.KeySize && it.Sig != nil && it.HasSeq && it.Seq >= 0
}

// outdated judges a put by what is stored in its place. Of an immutable item that can only be the
// same, or a mutable one with a key that was made to collide, which is nobody's loss.
func (g *Group) outdated(i uint32, t *protocol.Turn, target krpc.ID, it *krpc.Item) refusal {
	stored := g.items.find(i, target, t.Now)
	switch {
	case stored == nil || !stored.mutable || it.Key == nil:
		return refusal{}
	case it.HasCas && it.Cas != stored.seq:
		return refusal{CasMismatch, krpc.CasError, "cas is not the seq stored"}
	case !stored.older(it):
		return refusal{StaleSeq, krpc.SeqError, "seq is not above the one stored"}
	}
	return refusal{}
}
