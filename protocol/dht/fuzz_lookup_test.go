package dht

import (
	"crypto/ed25519"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/krpc"
)

// temper sets what lookups are patient with.
func (o *ordeal) temper(c *Config) {
	c.SoftTimeout = time.Duration(o.todo.byte()%3) * 500 * time.Millisecond
	c.Tries = max(1, o.todo.byte()%8-4)
	c.Candidates = max(0, o.todo.byte()%16-8)
	c.Diverse = o.todo.byte()%4 == 0
	c.SecureIDs = SecureIDs(o.todo.byte() % int(numSecureIDs))
}

// request makes a request of any kind. An item that is put or sought is one of those in answers.
func (o *ordeal) request() Request {
	methods := []krpc.Method{krpc.FindNode, krpc.GetPeers, krpc.AnnouncePeer, krpc.Get, krpc.Put,
		krpc.SampleInfohashes}
	flags := krpc.Flags(o.todo.byte())
	r := Request{Method: methods[o.todo.byte()%len(methods)], Target: o.someID(), Port: 80,
		Seed: flags&krpc.Seed != 0, NoSeed: flags&krpc.NoSeed != 0,
		Scrape: flags&krpc.Scrape != 0}
	switch it := o.item(); r.Method {
	case krpc.Get:
		r.Target = it.Target()
		if it.Key != nil || o.todo.byte()%2 == 0 {
			it.HasSeq = o.todo.byte()%2 == 0
			r.Item = it
		}
	case krpc.Put:
		if r.Item = it; len(it.V) > 100 { // its put would be longer than replies may be
			r.Item = immutable(100)
		}
	}
	return r
}

// enrich adds an item, filters or samples to an answer.
func (o *ordeal) enrich(r *krpc.Reply, q *krpc.Message) {
	switch q.Method {
	case krpc.Get:
		r.Item = o.item()
		if o.todo.byte()%2 == 0 {
			o.genuine(r.Item, q.Target)
		}
		if o.todo.byte()%4 == 0 {
			r.Item.V, r.Item.Key, r.Item.Sig = nil, nil, nil
		}
	case krpc.GetPeers:
		if q.Flags&krpc.Scrape != 0 && o.todo.byte()%4 > 0 {
			r.SeedFilter, r.PeerFilter = &krpc.Filter{}, &krpc.Filter{}
			r.SeedFilter.Insert(o.sender())
		}
	case krpc.SampleInfohashes:
		if o.todo.byte()%4 > 0 {
			n := o.todo.byte() % 100
			r.Sample = &krpc.Sample{Num: int64(n), IDs: make([]byte, n)}
		}
	}
}

// genuine makes one of the items that belong at a target, if there are any.
func (o *ordeal) genuine(it *krpc.Item, target krpc.ID) {
	for n := range 4 {
		if still := immutable(2 + n); still.Target() == target {
			*it = *still
		}
	}
	for key := range byte(5) {
		if krpc.MutableTarget(publicKeys[key], nil) == target {
			*it = *signed(key, "", int64(o.todo.byte()%4), 2+o.todo.byte()%2)
		}
	}
}

// publicKeys are those of the keys that item takes.
var publicKeys = func() (keys [5][]byte) {
	for n := range keys {
		keys[n] = keyOf(byte(n)).Public().(ed25519.PublicKey)
	}
	return keys
}()

// checkLookups recounts what lookups have in flight, and how much they keep.
func (o *ordeal) checkLookups() {
	n := &o.nodes[0]
	for x := n.lookups; x != nilIndex; x = o.searches.at(x).next {
		l := o.searches.at(x)
		waiting, late := 0, 0
		for y := n.queries.head; y != nilIndex; y = o.pending.at(y).next {
			q := o.pending.at(y)
			if q.lookup != l.index {
				continue
			}
			waiting++
			o.note(seenRepeated, q.tries > 0 && q.purpose == purposeLookup)
			o.note(seenSlow, q.slow)
			require.Less(o.t, int(q.tries), o.cfg.Tries)
			require.False(o.t, q.slow && o.cfg.SoftTimeout == 0)
			if q.slow {
				late++
			}
		}
		o.note(seenBarred, len(l.list) > 0 && l.list[0].token == barred)
		require.Equal(o.t, waiting, l.inFlight)
		require.Equal(o.t, late, l.slow)
		require.Positive(o.t, waiting, "nothing would ever end the lookup")
		require.Equal(o.t, l.gathers(), l.found != nil)
		if f := l.found; f != nil {
			require.LessOrEqual(o.t, len(f.samples), maxFoundSamples)
			require.Less(o.t, len(f.bytes), maxPacket)
			require.Equal(o.t, f.item.V != nil, len(f.bytes) > 0)
		}
		require.LessOrEqual(o.t, len(l.text), maxRefusal)
	}
}

// What is to be seen in lookups, or there would be no point in having them endure.
const (
	seenSlow = iota
	seenRepeated
	seenBarred
	seenItem
	seenCopies
	seenScraped
	seenSamples
	seenRefused
	seenPut
	numSeen
)

func (o *ordeal) note(what int, seen bool) {
	if seen {
		o.seen[what]++
	}
}

// tally adds what was seen, and what the lookups found.
func (o *ordeal) tally(sum *[numSeen]int) {
	for _, r := range o.done {
		o.note(seenItem, r.Item != nil)
		o.note(seenCopies, r.Copies > 1)
		o.note(seenScraped, r.Scraped > 0)
		o.note(seenSamples, len(r.Samples) > 0)
		o.note(seenRefused, r.Refused > 0)
		o.note(seenPut, r.Method == krpc.Put && r.Stored > 0)
	}
	for what, n := range o.seen {
		sum[what] += n
	}
}
