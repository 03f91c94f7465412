package audit

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// office is an office that a test sends datagrams to.
type office struct {
	*Office
	out protocol.Outbox
	now protocol.Time
}

func newOffice(p *people) *office {
	return &office{Office: NewOffice(OfficeConfig{Book: p.book()})}
}

func (o *office) send(from uint32, p []byte) {
	o.Datagram(0, &protocol.Turn{Now: o.now, Out: &o.out}, protocol.Addr4(from, 1), p)
}

func reported(p []byte) []byte  { return append([]byte{ReportKind}, p...) }
func deposited(p []byte) []byte { return append([]byte{ReceiptKind}, p...) }

// standing is all that the books of an office credit.
func (o *office) credits() (all [3][]Volume) {
	return [3][]Volume{o.CrossBook().Volumes(Least), o.CrossBook().Volumes(Lone),
		o.Bank().Volumes()}
}

// Whatever is not a good and new statement leaves all accounts as they are, and is counted.
func TestOfficeKeepsItsBooks(t *testing.T) {
	p := newPeople(3)
	o := newOffice(p)
	report, back := p.report(0, 1, 1, 2, 500, 0), p.report(1, 0, 1, 2, 0, 500)
	receipt := p.receipt(0, 1, 1, 2, 400)
	o.send(1, reported(report))
	o.send(2, reported(back))
	o.send(3, deposited(receipt))
	want := [3][]Volume{{{Up: 500}, {Down: 500}}, {{Up: 500}, {Down: 500}},
		{{Up: 400}, {Down: 400}}}
	require.Equal(t, want, o.credits())
	require.Equal(t, OfficeTally{Reports: 2, Receipts: 1, ReportBytes: 2 * (1 + ReportSize),
		ReceiptBytes: 1 + ReceiptSize}, o.Tally())

	forged := p.report(0, 1, 1, 3, 900, 0)
	forged[len(forged)-1] ^= 1
	minted := Receipt{Terms: p.terms(0, 1), Epoch: 1, Number: 3, Bytes: 900}
	reports, receipts := &o.CrossBook().Counts, &o.Bank().Counts
	for _, x := range []struct {
		name string
		p    []byte
		book *Counts
		why  Fault
	}{
		{"forged report", reported(forged), reports, BadSignature},
		{"receipt signed by the sender", deposited(minted.Append(nil, p.private[0])),
			receipts, BadSignature},
		{"replayed report", reported(report), reports, Stale},
		{"replayed receipt", deposited(receipt), receipts, Stale},
		{"report overtaken", reported(p.report(0, 1, 1, 1, 400, 0)), reports, Stale},
		{"receipt overtaken", deposited(p.receipt(0, 1, 1, 1, 300)), receipts, Stale},
		{"of an older epoch", reported(p.report(0, 1, 0, 9, 400, 0)), reports, Stale},
		{"report cut off", reported(report[:ReportSize-1]), reports, Short},
		{"receipt with more", deposited(append(bytes.Clone(receipt), 0)), receipts, Long},
		{"report as a receipt", deposited(report), receipts, BadVersion},
		{"counter goes back", reported(p.report(0, 1, 1, 3, 499, 0)), reports, Backward},
		{"counter wraps", reported(p.report(0, 1, 1, 3, 1<<64-1, 0)), reports, Jump},
		{"stranger", reported(p.report(3, 1, 1, 1, 5, 5)), reports, Stranger},
		{"about oneself", reported(p.report(0, 0, 1, 1, 5, 5)), reports, Self},
	} {
		before := x.book[x.why]
		o.send(4, x.p)
		require.Equal(t, before+1, x.book[x.why], x.name)
		require.Equal(t, want, o.credits(), x.name)
	}
	tally := o.Tally()
	o.send(4, nil)
	o.send(4, []byte("d1:ad2:id20:"))
	o.send(4, []byte{0})
	tally.Empty, tally.Unknown = 1, 2
	require.Equal(t, tally, o.Tally())
	require.Equal(t, want, o.credits())
	require.Zero(t, o.out.Sends()+o.out.Calls(), "it never answers")
	for n := range ReportSize {
		o.send(4, reported(report[:n]))
	}
	require.Equal(t, want, o.credits())

	o.Start(0, nil)
	o.Wake(0, nil)
	o.Stop(0, nil)
	require.Equal(t, want, o.credits())
	o.Drop(0)
	require.Empty(t, o.credits()[0])
	require.Equal(t, 1, o.Len())
	o.send(1, reported(report))
	require.Len(t, o.CrossBook().Flows(Lone, nil), 2, "it goes on")
}

// One host is not heard more often than that; others are.
func TestOfficeLimitsHosts(t *testing.T) {
	p := newPeople(2)
	o := newOffice(p)
	o.cfg.HostRate, o.cfg.HostBurst = 10, 50
	for range 200 {
		o.send(1, []byte{0})
	}
	require.Equal(t, OfficeTally{Unknown: 50, Flooded: 150}, o.Tally())
	o.send(2, reported(p.report(0, 1, 1, 1, 100, 0)))
	require.EqualValues(t, 1, o.Tally().Reports)
	o.now = o.now.Add(2 * time.Second)
	for range 200 {
		o.send(1, []byte{0})
	}
	require.EqualValues(t, 70, o.Tally().Unknown)
	six := protocol.Addr6(bytes.Repeat([]byte{0x20}, 16), 9)
	o.Datagram(0, &protocol.Turn{Now: o.now, Out: &o.out}, six, []byte{0})
	require.EqualValues(t, 71, o.Tally().Unknown)
	require.EqualValues(t, 150+180, o.Tally().Flooded)
}

// Floods take no memory: what is refused, and ever new torrents of one user.
func TestOfficeIsBounded(t *testing.T) {
	p := newPeople(2)
	o := newOffice(p)
	bad := reported(p.report(0, 1, 1, 1, 100, 0))
	bad[len(bad)-1] ^= 1
	check := testing.AllocsPerRun(20, func() {
		o.cross.pen.signs(p.key(0), "", bad[1:], bad[1:65])
	})
	require.LessOrEqual(t, testing.AllocsPerRun(50, func() {
		o.send(9, bad)
		o.send(9, bad[:40])
		o.send(9, nil)
	}), check)
	for k := range byte(60) {
		r := Report{InfoHash: [20]byte{100 + k}, By: p.key(0), About: p.key(1), Number: 1, Sent: 1}
		o.send(9, reported(r.Append(nil, p.private[0])))
	}
	require.EqualValues(t, 20, o.CrossBook().Counts[OK], "PairsMax of people")
	require.EqualValues(t, 40, o.CrossBook().Counts[Full])
}

// FuzzOffice sends an office what it likes, among good statements: nobody's account moves but by
// what is signed, and in the end the good ones count.
func FuzzOffice(f *testing.F) {
	p := newPeople(3)
	good := [][]byte{reported(p.report(0, 1, 1, 1, 100, 7)), reported(p.report(1, 0, 1, 1, 7, 100)),
		deposited(p.receipt(0, 1, 1, 1, 90))}
	later := [][]byte{reported(p.report(0, 1, 1, 2, 200, 7)),
		reported(p.report(1, 0, 1, 2, 7, 200)), deposited(p.receipt(0, 1, 1, 2, 190))}
	f.Add(uint8(0), uint16(5), []byte{1, 2, 3}, false)
	f.Add(uint8(2), uint16(60), []byte{0xff}, false)
	f.Add(uint8(1), uint16(0), good[2], true)
	f.Add(uint8(1), uint16(0), []byte{}, true)
	f.Fuzz(func(t *testing.T, which uint8, at uint16, with []byte, alone bool) {
		o := newOffice(p)
		for _, g := range good {
			o.send(1, g)
		}
		want := o.credits()
		bad := bytes.Clone(later[int(which)%len(later)])
		copy(bad[int(at)%len(bad):], with)
		if alone {
			bad = with
		}
		for _, g := range later {
			if bytes.Equal(g, bad) {
				return
			}
		}
		o.send(2, bad)
		require.Equal(t, want, o.credits())
		for _, g := range later {
			o.send(1, g)
		}
		require.Equal(t, [3][]Volume{{{Up: 200, Down: 7}, {Up: 7, Down: 200}},
			{{Up: 200, Down: 7}, {Up: 7, Down: 200}}, {{Up: 190}, {Down: 190}}}, o.credits())
	})
}
