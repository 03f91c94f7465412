package dht

import "swarmlab/protocol/krpc"

// appendQuestion appends the query by which a lookup searches.
func appendQuestion(w krpc.Writer, b, tid []byte, id krpc.ID, l *lookup) []byte {
	switch l.Method {
	case krpc.FindNode:
		return w.FindNode(b, tid, id, l.target)
	case krpc.Get, krpc.Put:
		seq := int64(-1)
		if l.Item != nil && l.Item.HasSeq {
			seq = l.Item.Seq
		}
		return w.Get(b, tid, id, l.target, seq)
	case krpc.SampleInfohashes:
		return w.SampleInfohashes(b, tid, id, l.target)
	}
	w.Flags = l.flags()
	return w.GetPeers(b, tid, id, l.target)
}

// appendStore appends the query by which a lookup stores what it was given at a contact.
func (g *Group) appendStore(b, tid []byte, id krpc.ID, l *lookup, c *candidate) []byte {
	token := l.tokens[c.token-1]
	if l.Method == krpc.Put {
		return g.writer.Put(b, tid, id, token, l.Item)
	}
	w := g.writer
	w.Flags = l.flags()
	return w.Announce(b, tid, id, l.target, l.Port, l.Implied, token)
}

func (r *Request) flags() (f krpc.Flags) {
	if r.Seed {
		f |= krpc.Seed
	}
	if r.NoSeed {
		f |= krpc.NoSeed
	}
	if r.Scrape {
		f |= krpc.Scrape
	}
	return f
}
