package audit

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/protocol"
)

// The form on the wire, written down by hand: it must not change unnoticed.
func TestReceiptForm(t *testing.T) {
	p := newPeople(2)
	b := p.receipt(0, 1, 5, 6, 7)
	from, to := p.key(0), p.key(1)
	want := "01" + "07" + "00000000000000000000000000000000000000" + hex.EncodeToString(to[:]) +
		hex.EncodeToString(from[:]) + "00000005" + "00000006" + "0000000000000007"
	require.Len(t, b, 165)
	require.Equal(t, want, hex.EncodeToString(b[:101]))
	require.Equal(t, 81, ReceiptBody)
	r := p.report(0, 1, 5, 6, 7, 8)
	require.Len(t, r, 173)
	want = "02" + "07" + "00000000000000000000000000000000000000" + hex.EncodeToString(from[:]) +
		hex.EncodeToString(to[:]) + "00000005" + "00000006" + "0000000000000007" +
		"0000000000000008"
	require.Equal(t, want, hex.EncodeToString(r[:109]))
}

// receiptOverhead is the bytes of receipts that so many bytes of payload take on the wire at most,
// if one is signed for each window of bytes.
func receiptOverhead(payload, window uint64) uint64 {
	return (payload + window - 1) / window * (ReceiptHeader + ReceiptBody)
}

// An exchange: what the receiver signs is what the sender sent, to the unsigned tail, and what
// the bank credits.
func TestReceiptsEndToEnd(t *testing.T) {
	p := newPeople(2)
	rapid.Check(t, func(t *rapid.T) {
		window := rapid.Uint64Range(1, 200_000).Draw(t, "window")
		i := NewIssuer(p.private[1], p.terms(0, 1), 3, window)
		c := NewCollector(p.terms(0, 1))
		require.Nil(t, c.Proof())
		bank := NewBank(p.book())
		var truth, wire, largest uint64
		for range rapid.IntRange(1, 30).Draw(t, "blocks") {
			n := rapid.Uint64Range(1, 16384).Draw(t, "block")
			truth, largest = truth+n, max(largest, n)
			c.Sent(n)
			if i.Received(n) {
				body := i.Append(nil)
				wire += uint64(len(body)) + ReceiptHeader
				require.Equal(t, OK, c.Take(body))
				require.Zero(t, c.Unsigned())
			}
			require.Less(t, c.Unsigned(), window)
			require.Equal(t, i.Unsigned(), c.Unsigned())
		}
		require.LessOrEqual(t, wire, receiptOverhead(truth, window))
		if c.Proof() == nil {
			require.Less(t, truth, window)
			return
		}
		require.Equal(t, OK, bank.Deposit(0, c.Proof()))
		got := bank.Volumes()
		require.Equal(t, []Volume{{Up: truth - c.Unsigned()}, {Down: truth - c.Unsigned()}}, got)
		require.Equal(t, got[0].Up, bank.Flows(nil)[0].Bytes)
	})
}

// What the sender's end refuses.
func TestCollectorRefuses(t *testing.T) {
	p := newPeople(3)
	take := func(c *Collector, by User, epoch, number uint32, n uint64) Fault {
		r := Receipt{Terms: p.terms(0, 1), Epoch: epoch, Number: number, Bytes: n}
		whole := r.Append(nil, p.private[by])
		return c.Take(append([]byte{receiptVersion}, whole[receiptStated-receiptNumbers:]...))
	}
	c := NewCollector(p.terms(0, 1))
	c.Sent(1000)
	require.Equal(t, Stale, take(c, 1, 9, 0, 100), "numbers begin at 1")
	require.Equal(t, OK, take(c, 1, 9, 2, 100))
	proof := bytes.Clone(c.Proof())
	for _, x := range []struct {
		by            User
		epoch, number uint32
		n             uint64
		want          Fault
	}{
		{1, 9, 2, 100, Stale},          // replayed
		{1, 9, 1, 50, Stale},           // overtaken
		{1, 8, 3, 200, Stale},          // of another epoch
		{1, 10, 3, 200, Stale},         // also of a later one: this connection has one
		{1, 9, 3, 99, Backward},        // takes back
		{1, 9, 3, 1001, Surplus},       // more than was sent
		{1, 9, 3, 1 << 63, Surplus},    //
		{2, 9, 3, 200, BadSignature},   // signed by another one
		{0, 9, 3, 200, BadSignature},   // by the sender himself
		{1, 9, math.MaxUint32, 200, 0}, // numbers may leave some out
		{1, 9, 3, 300, Stale},          // after which none is left
	} {
		require.Equal(t, x.want, take(c, x.by, x.epoch, x.number, x.n), "%+v", x)
		if x.want != OK {
			continue
		}
		require.NotEqual(t, proof, c.Proof())
	}
	require.EqualValues(t, 800, c.Unsigned())
	require.EqualValues(t, 2, c.Counts[OK])
	require.EqualValues(t, 11, c.Counts.Refused())
}

// Every single bit of a receipt, and every shorter piece of it, matters.
func TestReceiptsAltered(t *testing.T) {
	p := newPeople(3)
	good := p.receipt(0, 1, 1, 1, 500)
	bank := NewBank(p.book())
	for k := range len(good) * 8 {
		bad := bytes.Clone(good)
		bad[k/8] ^= 1 << (k % 8)
		require.NotEqual(t, OK, bank.Deposit(0, bad), "bit %d", k)
	}
	for n := range good {
		require.Equal(t, Short, bank.Deposit(0, good[:n]))
	}
	require.Equal(t, Long, bank.Deposit(0, append(bytes.Clone(good), 0)))
	require.Equal(t, BadVersion, bank.Deposit(0, append([]byte{9}, good[1:]...)))
	report := p.report(1, 0, 1, 1, 0, 500)
	require.Equal(t, BadVersion, bank.Deposit(0, report))
	require.Empty(t, bank.Volumes(), "nothing was credited")
	require.Equal(t, OK, bank.Deposit(0, good))
	require.Equal(t, Stale, bank.Deposit(0, good), "presented twice")
	require.Equal(t, []Volume{{Up: 500}, {Down: 500}}, bank.Volumes())
}

// Statements of who should not make them.
func TestBankRefuses(t *testing.T) {
	p := newPeople(2)
	bank := NewBank(p.book())
	require.Equal(t, Stranger, bank.Deposit(0, p.receipt(0, 2, 1, 1, 5)))
	require.Equal(t, Stranger, bank.Deposit(0, p.receipt(2, 0, 1, 1, 5)))
	require.Equal(t, Self, bank.Deposit(0, p.receipt(1, 1, 1, 1, 5)))
	r := Receipt{Terms: p.terms(0, 1), Epoch: 1, Number: 1, Bytes: 5}
	require.Equal(t, BadSignature, bank.Deposit(0, r.Append(nil, p.private[0])))
	require.Equal(t, Jump, bank.Deposit(0, p.receipt(0, 1, 1, 1, 1_000_001)))
	require.Equal(t, OK, bank.Deposit(0, p.receipt(0, 1, 1, 1, 1_000_000)))
	require.Equal(t, Backward, bank.Deposit(0, p.receipt(0, 1, 1, 2, 999_999)))
	require.Equal(t, OK, bank.Deposit(5*second, p.receipt(0, 1, 1, 3, 2_005_000)))
	require.Equal(t, Jump, bank.Deposit(5*second, p.receipt(0, 1, 1, 4, math.MaxUint64)))
	require.Equal(t, OK, bank.Deposit(5*second, p.receipt(0, 1, 2, 1, 400)), "a new epoch")
	require.Equal(t, Stale, bank.Deposit(5*second, p.receipt(0, 1, 1, 9, 2_005_000)), "an old one")
	require.Equal(t, []Volume{{Up: 2_005_400}, {Down: 2_005_400}}, bank.Volumes())
	for k := range byte(40) {
		r := Receipt{Terms: p.terms(1, 0), Epoch: 1, Number: 1, Bytes: 5}
		r.InfoHash = [20]byte{100 + k}
		bank.Deposit(0, r.Append(nil, p.private[0]))
	}
	require.EqualValues(t, 20, bank.Counts[Full])
	require.Equal(t, OK, bank.Deposit(9*second, p.receipt(0, 1, 2, 2, 500)), "others are not hit")
	seen := map[string]bool{}
	bank.Counts.Each(func(name string, n uint64) { seen[name] = n > 0 })
	require.Len(t, seen, 7)
	require.Equal(t, "unknown_fault", faults.String())
}

// Whatever the order in which receipts come, with whatever is left out or comes twice: credited is
// never more than the best of each epoch, and all of the last.
func TestReceiptsInAnyOrder(t *testing.T) {
	p := newPeople(2)
	var made [][]byte
	totals := [][2]uint64{{1, 100}, {1, 250}, {1, 400}, {2, 50}, {2, 300}}
	for k, x := range totals {
		made = append(made, p.receipt(0, 1, uint32(x[0]), uint32(k)+1, x[1]))
	}
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.SliceOfN(rapid.IntRange(0, len(made)-1), 1, 12).Draw(t, "order")
		bank := NewBank(p.book())
		newest, want := -1, [3]uint64{}
		for _, k := range order {
			f := bank.Deposit(0, made[k])
			require.Equal(t, k > newest, f == OK)
			if f == OK {
				newest = k
				want[totals[k][0]] = totals[k][1]
			}
		}
		require.Equal(t, want[1]+want[2], bank.Volumes()[0].Up)
	})
}

// fuzzed alters good statements: whatever it makes, nobody but those who signed moves.
func FuzzDeposit(f *testing.F) {
	p := newPeople(3)
	good := [][]byte{p.receipt(0, 1, 1, 1, 100), p.receipt(0, 1, 1, 2, 200)}
	f.Add(uint8(0), uint16(0), []byte{}, false)
	f.Add(uint8(1), uint16(97), []byte{0xff, 1}, false)
	f.Add(uint8(1), uint16(20), good[0], true)
	f.Fuzz(func(t *testing.T, which uint8, at uint16, with []byte, alone bool) {
		bank := NewBank(p.book())
		require.Equal(t, OK, bank.Deposit(0, good[0]))
		bad := bytes.Clone(good[1])
		copy(bad[int(at)%len(bad):], with)
		if alone {
			bad = with
		}
		fault := bank.Deposit(1, bad)
		isGood := bytes.Equal(bad, good[1]) || bytes.Equal(bad, good[0])
		require.True(t, isGood || fault != OK)
		up := bank.Volumes()[0].Up
		require.True(t, up == 100 && fault != OK || up == 200 && fault == OK)
		c := NewCollector(p.terms(0, 1))
		c.Sent(1000)
		require.NotEqual(t, OK, c.Take(with))
		cross := NewCrossBook(p.book())
		require.NotEqual(t, OK, cross.Take(0, with))
		require.Empty(t, cross.Volumes(Lone))
	})
}

// What is refused costs no memory but what the check of a signature takes.
func TestFloodOfReceiptsAllocatesNothing(t *testing.T) {
	p := newPeople(2)
	bank := NewBank(p.book())
	good := p.receipt(0, 1, 1, 1, 100)
	require.Equal(t, OK, bank.Deposit(0, good))
	bad := slices.Clone(good)
	bad[len(bad)-1] ^= 1
	now := protocol.Time(0)
	key := p.key(1)
	check := testing.AllocsPerRun(50, func() {
		ed25519.Verify(key[:], bad[:receiptStated], bad[receiptStated:])
	})
	require.LessOrEqual(t, testing.AllocsPerRun(50, func() {
		bank.Deposit(now, bad)
		bank.Deposit(now, bad[:9])
		now++
	}), check)
	require.Greater(t, bank.Counts[BadSignature], uint64(50))
}

func BenchmarkDeposit(b *testing.B) {
	p := newPeople(2)
	bank := NewBank(p.book())
	good := p.receipt(0, 1, 1, 1, 100)
	b.ReportAllocs()
	for b.Loop() {
		bank.Deposit(0, good)
	}
}

func BenchmarkIssue(b *testing.B) {
	p := newPeople(2)
	i := NewIssuer(p.private[1], p.terms(0, 1), 1, 1)
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = i.Append(dst[:0])
	}
}
