package dht

import (
	"encoding/hex"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// The key and the signatures of the vectors of BEP 44.
const (
	vectorKey  = "77ff84905a91936367c01360803104f92432fcd904a43511876df5cdf3e7e548"
	vectorSig1 = "305ac8aeb6c9c151fa120f120ea2cfb923564e11552d06a5d856091e5e853cff" +
		"1260d3f39e4999684aa92eb73ffd136e6f4f3ecbfda0ce53a1608ecd7ae21f01"
	vectorSig2 = "6834284b6b24c3204eb2fea824d82f88883a3d95e8b4a21b8c0ded553d17d17d" +
		"df9a8a7104b1258f30bed3787e6cb896fca78c58f8e03b5f18f14951a87d9a08"
)

func unhex(digits string) []byte {
	b, err := hex.DecodeString(digits)
	must(err)
	return b
}

// The largest values that are stored: with them a reply to a usual transaction id is full.
const (
	immutableMost = 893
	mutableMost   = 757
)

// TestValueLimits stores values of every size around the limits, and gets them back.
func TestValueLimits(t *testing.T) {
	for _, c := range []struct {
		make func(size int) *krpc.Item
		most int
	}{
		{immutable, immutableMost},
		{func(size int) *krpc.Item { return signed(1, "s", 1<<63-1, size) }, mutableMost},
	} {
		for size := c.most - 5; size <= 1001; size++ {
			d := newDriven(t, quiet(), crowd(100, somebody6)...)
			from, it := somebody6(900).Addr, c.make(size)
			token := d.token(0, from, 0)
			d.gets(from, krpc.Writer{}.Put(nil, []byte("aa"), krpc.ID{Hi: 7}, token[:], it))
			if size > c.most {
				require.Equal(t, int64(krpc.ValueSizeError), d.answer(t).m.Code, "%d", size)
				continue
			}
			for tid := range maxTID + 1 {
				q := krpc.Writer{}.Get(nil, make([]byte, tid), krpc.ID{Hi: 7}, it.Target(), -1)
				d.gets(from, q)
				a := d.answer(t)
				require.LessOrEqual(t, len(a.bytes), maxPacket)
				require.Equal(t, tid <= 8+c.most-size, a.m.Item.V != nil, "%d %d", size, tid)
				require.Equal(t, it.HasSeq, a.m.Item.HasSeq)
			}
		}
	}
}

// TestRareReplySizes asks the largest questions of BEP 33, 44 and 51, with tables and stores that
// are full: no reply exceeds what a node may send (BEP 32), and contacts fit beside filters and
// samples. It prints how much a forger of addresses would gain.
func TestRareReplySizes(t *testing.T) {
	hash, w := krpc.ID{Hi: 0xabcdef << 40}, krpc.Writer{}
	for _, contacts := range []int{8, maxReplyContacts} {
		for _, family := range []func(int) Contact{somebody, somebody6} {
			cfg := quiet()
			cfg.Buckets, cfg.ReplyContacts = []int{20}, contacts
			d := newDriven(t, cfg, crowd(300, family)...)
			for n := range 60 {
				p := peer{addr: family(1000 + n).Addr, seed: n%2 == 0}
				require.True(t, d.store.put(0, &d.nodes[0], hash, p))
				other := krpc.ID{Hi: uint64(n)}
				require.True(t, d.store.put(0, &d.nodes[0], other, p))
			}
			still, owned := immutable(immutableMost), signed(1, "", 1<<62, mutableMost)
			asker := family(2000).Addr
			d.stores(t, asker, still)
			d.stores(t, asker, owned)
			asks := []struct {
				name  string
				ask   func(tid []byte) []byte
				least int // contacts
			}{
				{"scrape", func(tid []byte) []byte {
					return krpc.Writer{Flags: krpc.Scrape}.GetPeers(nil, tid, hash, hash)
				}, 6},
				{"sample", func(tid []byte) []byte {
					return w.SampleInfohashes(nil, tid, hash, hash)
				}, 8},
				{"get immutable", func(tid []byte) []byte {
					return w.Get(nil, tid, hash, still.Target(), -1)
				}, 0},
				{"get mutable", func(tid []byte) []byte {
					return w.Get(nil, tid, hash, owned.Target(), -1)
				}, 0},
				{"get known", func(tid []byte) []byte {
					return w.Get(nil, tid, hash, owned.Target(), 1<<62)
				}, 8},
				{"get nothing", func(tid []byte) []byte {
					return w.Get(nil, tid, hash, hash, -1)
				}, 8},
			}
			for _, c := range asks {
				greatest, gain := d.largest(t, asker, c.ask, c.least)
				t.Logf("%d contacts, IPv4 %v, %s: at most %d bytes, gain %d.%02d", contacts,
					asker.Is4(), c.name, greatest, gain/100, gain%100)
				require.Less(t, gain, 1300)
			}
		}
	}
}

// largest asks with transaction ids of all lengths and returns the size of the largest answer, and
// the greatest ratio of answer and question, in percent.
func (d *driven) largest(
	t require.TestingT, asker protocol.Addr, ask func(tid []byte) []byte, contacts int,
) (greatest, gain int) {
	for tid := range maxTID + 1 {
		q := ask(make([]byte, tid))
		d.gets(asker, q)
		a := d.answer(t)
		require.Equal(t, krpc.Response, a.m.Kind)
		require.LessOrEqual(t, len(a.bytes), maxPacket)
		got := len(a.m.Nodes)/krpc.NodeSize4 + len(a.m.Nodes6)/krpc.NodeSize6
		require.GreaterOrEqual(t, got, contacts)
		greatest, gain = max(greatest, len(a.bytes)), max(gain, 100*len(a.bytes)/len(q))
	}
	return greatest, gain
}
