package dht

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/krpc"
)

// putRule is a put to a node that has an item of key 1, of seq 5 and 8 bytes, and what comes of it.
type putRule struct {
	name  string
	it    *krpc.Item
	token bool // it has a good one
	want  Reason
	code  int64 // of the error that is answered, or 0
}

func putRules() []putRule {
	with := func(it *krpc.Item, change func(it *krpc.Item)) *krpc.Item {
		change(it)
		return it
	}
	cas := func(n int64) func(*krpc.Item) {
		return func(it *krpc.Item) { it.HasCas, it.Cas = true, n }
	}
	spoil := func(it *krpc.Item) { it.Sig[5] ^= 1 }
	noncanonical := func(it *krpc.Item) { it.V = []byte("i-0e") }
	longSalt := func(it *krpc.Item) { it.Salt = make([]byte, 65) }
	return []putRule{
		{"nothing", &krpc.Item{}, true, BadArgument, 203},
		{"no value", with(signed(1, "", 5, 9), func(it *krpc.Item) { it.V = nil }), true,
			BadArgument, 203},
		{"no seq", with(signed(1, "", 5, 9), func(it *krpc.Item) { it.HasSeq = false }), true,
			BadArgument, 203},
		{"negative seq", signed(1, "", -1, 9), true, BadArgument, 203},
		{"no sig", with(signed(1, "", 6, 9), func(it *krpc.Item) { it.Sig = nil }), true,
			BadArgument, 203},
		{"short key", with(signed(1, "", 6, 9), func(it *krpc.Item) { it.Key = it.Key[1:] }), true,
			BadArgument, 203},
		{"value too big", with(signed(1, "", 6, 1001), longSalt), false, ValueTooBig, 205},
		{"immutable value too big", immutable(1001), false, ValueTooBig, 205},
		{"beside seq, too", with(immutable(1001), func(it *krpc.Item) { it.HasSeq = true }), false,
			ValueTooBig, 205},
		{"salt too big", with(signed(1, "", 6, 9), longSalt), false, SaltTooBig, 207},
		{"bad token", with(with(signed(1, "", 6, 9), noncanonical), spoil), false, BadToken, 203},
		{"bad value", with(with(signed(1, "", 6, 9), noncanonical), spoil), true, BadValue, 203},
		{"bad immutable value", with(immutable(9), noncanonical), true, BadValue, 203},
		{"bad signature", with(with(signed(1, "", 4, 9), spoil), cas(9)), true, BadSignature, 206},
		{"short signature", with(signed(1, "", 6, 9), func(it *krpc.Item) { it.Sig = it.Sig[1:] }),
			true, BadSignature, 206},
		{"another's salt", with(signed(1, "", 6, 9), func(it *krpc.Item) { it.Salt = []byte("x") }),
			true, BadSignature, 206},
		{"cas below", with(signed(1, "", 4, 9), cas(4)), true, CasMismatch, 301},
		{"cas above", with(signed(1, "", 6, 9), cas(6)), true, CasMismatch, 301},
		{"lower seq", signed(1, "", 4, 8), true, StaleSeq, 302},
		{"lower seq, right cas", with(signed(1, "", 4, 8), cas(5)), true, StaleSeq, 302},
		{"equal seq, other value", signed(1, "", 5, 9), true, StaleSeq, 302},
		{"equal seq, same value", signed(1, "", 5, 8), true, Answered, 0},
		{"higher seq", signed(1, "", 6, 9), true, Answered, 0},
		{"higher seq, right cas", with(signed(1, "", 1<<62, 9), cas(5)), true, Answered, 0},
		{"nothing stored, any cas", with(signed(2, "", 0, 9), cas(77)), true, Answered, 0},
		{"immutable", immutable(9), true, Answered, 0},
	}
}

// TestPutRules goes through the rules in their order. Each put breaks one rule, and most of them
// the next ones as well: the first rule that is broken decides.
func TestPutRules(t *testing.T) {
	from := host(1, 6881)
	for _, c := range putRules() {
		t.Run(c.name, func(t *testing.T) {
			d := newDriven(t, quiet())
			d.stores(t, from, signed(1, "", 5, 8))
			token := d.token(0, from, 0)
			if !c.token {
				token[0]++
			}
			packet := krpc.Writer{}.Put(nil, []byte("aa"), krpc.ID{Hi: 7}, token[:], c.it)
			diff := d.counted(func() { d.gets(from, packet) })
			require.Equal(t, uint64(1), diff[c.want], "%v", diff)
			a := d.answer(t)
			require.Equal(t, c.code, a.m.Code, "%s", a.m.Text)
			if c.code != 0 {
				kept := d.items.find(0, signed(1, "", 5, 8).Target(), d.turn.Now)
				require.Equal(t, int64(5), kept.seq)
				require.Equal(t, 1, d.items.entries.inUse())
				require.Equal(t, uint64(1), diff[Refused])
				return
			}
			got := d.fetch(t, c.it, -1)
			require.Equal(t, c.it.V, got.V)
			require.Equal(t, c.it.Key, got.Key)
			require.Equal(t, c.it.Sig, got.Sig)
			require.Equal(t, c.it.Seq, got.Seq)
			got.Salt = c.it.Salt
			require.True(t, got.Key == nil || got.Verify())
		})
	}
}

// fetch gets an item on the wire as a stranger does, and returns what came.
func (d *driven) fetch(t require.TestingT, it *krpc.Item, seq int64) *krpc.Item {
	q := krpc.Writer{}.Get(nil, []byte("g"), krpc.ID{Hi: 9}, it.Target(), seq)
	d.gets(somebody(900).Addr, q)
	a := d.answer(t)
	require.Len(t, a.m.Token, tokenLen)
	require.Nil(t, a.m.Item.Salt, "the salt is never returned")
	return &a.m.Item
}

// TestPutVectors stores the vectors of BEP 44, whose key has no seed, and gets them back.
func TestPutVectors(t *testing.T) {
	d := newDriven(t, quiet())
	for _, c := range []struct{ salt, sig, target string }{
		{"", vectorSig1, "4a533d47ec9c7d95b1ad75f576cffc641853b750"},
		{"foobar", vectorSig2, "411eba73b6f087ca51a3795d9c8c938d365e32c1"},
	} {
		it := &krpc.Item{V: []byte("12:Hello World!"), Key: unhex(vectorKey), Sig: unhex(c.sig),
			Salt: []byte(c.salt), Seq: 1, HasSeq: true}
		d.stores(t, host(1, 1), it)
		require.Equal(t, c.target, it.Target().String())
		got := d.fetch(t, it, -1)
		require.Equal(t, it.V, got.V)
		require.Equal(t, it.Sig, got.Sig)
	}
	still := &krpc.Item{V: []byte("12:Hello World!")}
	require.Equal(t, "e5f96f6f38320f0f33959cb4d3d656452117aadb", still.Target().String())
	d.stores(t, host(1, 1), still)
	require.Equal(t, still.V, d.fetch(t, still, -1).V)
}

// TestGetSeq leaves out what the asker has already (BEP 44).
func TestGetSeq(t *testing.T) {
	d := newDriven(t, quiet())
	it := signed(1, "salt", 5, 30)
	d.stores(t, host(1, 1), it)
	for seq := int64(-1); seq < 8; seq++ {
		got := d.fetch(t, it, seq)
		require.True(t, got.HasSeq)
		require.Equal(t, int64(5), got.Seq)
		require.Equal(t, seq >= 5, got.V == nil, "%d", seq)
		require.Equal(t, seq >= 5, got.Key == nil)
		require.Equal(t, seq >= 5, got.Sig == nil)
	}
	still := immutable(30)
	d.stores(t, host(1, 1), still)
	got := d.fetch(t, still, 7)
	require.Equal(t, still.V, got.V, "an immutable item has no seq to compare")
	require.False(t, got.HasSeq)
	d.turn.Now = d.turn.Now.Add(2 * time.Hour)
	require.Nil(t, d.fetch(t, it, -1).V)
	require.Nil(t, d.fetch(t, still, -1).V)
}

// TestItemsOnTheWire fills a node through packets: what is farther than all it has is refused.
func TestItemsOnTheWire(t *testing.T) {
	cfg := quiet()
	cfg.Items = 5
	d := newDriven(t, cfg)
	answered, full := uint64(0), uint64(0)
	for size := range 200 {
		it, from := immutable(size+2), host(1, 1)
		token := d.token(0, from, 0)
		d.gets(from, krpc.Writer{}.Put(nil, []byte("aa"), krpc.ID{Hi: 7}, token[:], it))
		if a := d.answer(t); a.m.Kind == krpc.Error {
			require.Equal(t, int64(krpc.ServerError), a.m.Code)
			full++
		} else {
			require.Equal(t, it.V, d.fetch(t, it, -1).V)
			answered++
		}
		require.LessOrEqual(t, d.items.entries.inUse(), 5)
	}
	require.Greater(t, answered, uint64(10))
	require.Equal(t, full, d.Counters()[ItemsFull])
	require.Greater(t, full, uint64(100))
}
