package client

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/peerwire"
	"swarmlab/protocol/swarm"
)

// signer is a peer of the client on a stage, which signs what a test has it sign.
type signer struct {
	s *stage
	c protocol.Conn
	n uint32 // whose key it shows
}

// vouched returns a stage on which client 0 is a seed that states what it transfers.
func vouched(t *testing.T, change func(c *Config)) *stage {
	cfg := Default()
	cfg.DHT, cfg.Audit = nil, AuditConfig{Window: 16 << 10, Settle: settle}
	if change != nil {
		change(&cfg)
	}
	s := stageOf(t, cfg, swarm.Entry{All: true})
	s.g.Enrol(0, keyOf(0), stageOffice)
	s.begin()
	return s
}

// sign has a peer connect that shows key n, and is served.
func (s *stage) sign(n uint32) *signer {
	key := audit.KeyOf(keyOf(n))
	h := peerwire.ExtHandshake{Key: key[:]}
	h.Support(peerwire.ExtReceipt)
	c, _ := s.connect(peerwire.AppendPlain(h.Append(nil), peerwire.Interested))
	s.pass(25 * time.Second)
	return &signer{s, c, n}
}

// ask asks for a block.
func (p *signer) ask(piece, index uint32) {
	p.s.say(p.c, peerwire.AppendBlock(nil, peerwire.Request, piece, index*swarm.BlockSize,
		swarm.BlockSize))
}

// body is what is sent of a receipt that by signs.
func (p *signer) body(by, epoch, number uint32, bytes uint64) []byte {
	r := audit.Receipt{Epoch: epoch, Number: number, Bytes: bytes, Terms: audit.Terms{
		InfoHash: [20]byte{3}, By: audit.KeyOf(keyOf(p.n)), For: audit.KeyOf(keyOf(0))}}
	whole := r.Append(nil, keyOf(by))
	return append([]byte{1}, whole[len(whole)-audit.ReceiptBody+1:]...)
}

func (p *signer) say(body []byte) {
	p.s.say(p.c, peerwire.AppendExtended(nil, peerwire.ExtReceipt, body))
}

// proofs returns the receipts among what was stated, with the bytes that they say.
func (s *stage) proofs() (n []uint64) {
	for _, p := range s.stated {
		if x := (&statement{p: p}).numbers(); !x.report {
			n = append(n, x.received)
		}
	}
	return n
}

// Receipts that are not what they should be change nothing, are counted, and end no connection.
func TestForgedReceipts(t *testing.T) {
	s := vouched(t, nil)
	p := s.sign(1)
	p.say(p.body(1, 1, 1, 16384)) // nothing was sent
	require.EqualValues(t, 1, s.g.Counters().Receipts[audit.Surplus])
	p.ask(0, 0)
	p.ask(0, 1)
	good := p.body(1, 1, 2, 20000)
	for _, x := range []struct {
		body []byte
		why  audit.Fault
	}{
		{p.body(2, 1, 1, 16384), audit.BadSignature},
		{p.body(0, 1, 1, 16384), audit.BadSignature},
		{p.body(1, 1, 1, 32769), audit.Surplus},
		{p.body(1, 1, 0, 1000), audit.Stale},
		{nil, audit.Short},
		{good[:40], audit.Short},
		{append(good[:len(good):len(good)], 1), audit.Long},
		{append([]byte{9}, good[1:]...), audit.BadVersion},
		{good, audit.OK},
		{good, audit.Stale},
		{p.body(1, 1, 1, 10000), audit.Stale},
		{p.body(1, 2, 3, 20001), audit.Stale},
		{p.body(1, 1, 3, 19999), audit.Backward},
	} {
		before := s.g.Counters().Receipts[x.why]
		p.say(x.body)
		require.Equal(t, before+1, s.g.Counters().Receipts[x.why], "%v", x.why)
	}
	require.True(t, s.open[p.c])
	s.pass(3 * settle)
	require.Equal(t, []uint64{20000, 20000}, s.proofs(), "once, and once more")
	delete(s.open, p.c)
	s.turn(func(t *protocol.Turn) { s.g.Closed(0, t, p.c, protocol.Reset) })
	s.pass(3 * settle)
	require.Equal(t, []uint64{20000, 20000}, s.proofs(), "nothing new")
	reports := 0
	for _, b := range s.stated {
		if x := (&statement{p: b}).numbers(); x.report {
			require.Equal(t, [2]uint64{32768, 0}, [2]uint64{x.sent, x.received})
			reports++
		}
	}
	require.Equal(t, 2, reports)
}

// Of a flood of forged receipts only some are checked, and the connection goes on without receipts.
func TestFloodOfForgedReceipts(t *testing.T) {
	s := vouched(t, nil)
	p := s.sign(1)
	p.ask(0, 0)
	forged := p.body(2, 1, 1, 16384)
	for range 1000 {
		p.say(forged)
	}
	p.say(p.body(1, 1, 1, 16384))
	counts := s.g.Counters().Receipts
	require.EqualValues(t, refusedMost, counts[audit.BadSignature])
	require.EqualValues(t, 1001-refusedMost, counts[audit.Flood])
	require.Zero(t, counts[audit.OK])
	require.True(t, s.open[p.c])
	q := s.sign(3)
	q.ask(0, 1)
	q.say(q.body(3, 1, 1, 16384))
	require.EqualValues(t, 1, s.g.Counters().Receipts[audit.OK], "others are heard")
}

// Whoever shows ever new keys must transfer something under each, and there is a bound to that.
func TestKeysAreBounded(t *testing.T) {
	s := vouched(t, nil)
	a := s.g.clients[0].account
	for n := range uint32(60) {
		p := s.sign(n + 1)
		delete(s.open, p.c)
		s.turn(func(t *protocol.Turn) { s.g.Closed(0, t, p.c, protocol.Reset) })
	}
	require.Empty(t, a.pairs)
	require.Empty(t, s.stated)
	p := s.sign(0)
	p.ask(0, 0)
	s.pass(3 * settle)
	require.Empty(t, s.stated, "about oneself nothing is stated")
	delete(s.open, p.c)
	s.turn(func(t *protocol.Turn) { s.g.Closed(0, t, p.c, protocol.Reset) })
	for n := range pairsMost {
		require.NotNil(t, a.pair(pairKey{torrent: uint32(n) + 5}))
	}
	p = s.sign(1)
	p.ask(0, 0)
	p.say(p.body(1, 1, 1, 16384))
	s.pass(3 * settle)
	delete(s.open, p.c)
	s.turn(func(t *protocol.Turn) { s.g.Closed(0, t, p.c, protocol.Reset) })
	require.EqualValues(t, 1, s.g.Counters().Unbooked)
}

// A client that comes again begins later epochs: what it states then is taken.
func TestEpochsRise(t *testing.T) {
	s := vouched(t, func(c *Config) { c.Audit.Epoch = 1000 })
	var epochs []uint32
	for range 3 {
		p := s.sign(1)
		p.ask(0, 0)
		s.stated = nil
		delete(s.open, p.c)
		s.turn(func(t *protocol.Turn) { s.g.Closed(0, t, p.c, protocol.Reset) })
		require.NotEmpty(t, s.stated, "it states so at the end of a connection")
		epochs = append(epochs, (&statement{p: s.stated[0]}).numbers().epoch)
		s.g.Drop(0)
		require.Empty(t, s.g.clients[0].account.pairs)
		s.begin()
	}
	require.Equal(t, uint32(1000), epochs[0])
	require.Greater(t, epochs[1], epochs[0])
	require.Greater(t, epochs[2], epochs[1])
}

// Blocks between receipts take no memory.
func TestVouchingDoesNotAllocate(t *testing.T) {
	s := vouched(t, func(c *Config) {
		c.Audit.Window, c.Audit.Strict = 1<<40, true
	})
	p := s.sign(1)
	p.ask(0, 0)
	n := notary{s.g}
	n.Received(0, p.c, 1)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		n.Sent(0, p.c, swarm.BlockSize)
		n.Received(0, p.c, swarm.BlockSize)
		n.Serves(0, p.c, 1, 1)
		n.Serves(0, 77, 1, 1)
	}))
	require.EqualValues(t, 16384+101*swarm.BlockSize, s.g.clients[0].account.links[p.c].sent)
}
