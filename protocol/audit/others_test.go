package audit

import (
	"bytes"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/protocol"
	"swarmlab/protocol/tracker"
)

// attack is what users 2 and 3, who have keys of their own, can send an office, which has heard the
// datagrams before: what they like about anybody, in the name of anybody, and what they overheard.
func attack(t *rapid.T, p *people, heard [][]byte) []byte {
	own := User(rapid.IntRange(2, 3).Draw(t, "own"))
	other := User(rapid.IntRange(0, 4).Draw(t, "other"))
	honest := User(rapid.IntRange(0, 1).Draw(t, "honest"))
	epoch, number := rapid.Uint32().Draw(t, "epoch"), rapid.Uint32().Draw(t, "number")
	one, two := rapid.Uint64().Draw(t, "one"), rapid.Uint64().Draw(t, "two")
	switch rapid.IntRange(0, 6).Draw(t, "how") {
	case 0:
		return reported(p.report(own, other, epoch, number, one, two))
	case 1:
		return deposited(p.receipt(other, own, epoch, number, one))
	case 2: // in the name of somebody honest, signed by himself
		r := Report{InfoHash: [20]byte{7}, By: p.key(honest), About: p.key(other), Epoch: epoch,
			Number: number, Sent: one, Received: two}
		return reported(r.Append(nil, p.private[own]))
	case 3: // somebody honest has got so much of him
		r := Receipt{Terms: p.terms(own, honest), Epoch: epoch, Number: number, Bytes: one}
		return deposited(r.Append(nil, p.private[own]))
	case 4:
		return rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "bytes")
	}
	if len(heard) == 0 {
		return nil
	}
	b := bytes.Clone(rapid.SampledFrom(heard).Draw(t, "overheard"))
	if rapid.Bool().Draw(t, "altered") {
		b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] ^= byte(rapid.IntRange(1, 255).Draw(t, "by"))
	}
	return b[:rapid.IntRange(0, len(b)).Draw(t, "cut")]
}

// account is what the books of an office say of what two users exchanged, and of each of them
// wherever it takes both ends to say so.
func (o *office) account() (between [2][]Flow, agreed, downs [2]uint64) {
	all := [2][]Flow{o.CrossBook().Flows(Lone, nil), o.Bank().Flows(nil)}
	for k := range all {
		between[k] = slices.DeleteFunc(all[k], func(f Flow) bool { return f.From > 1 || f.To > 1 })
	}
	least, receipts := o.CrossBook().Volumes(Least), o.Bank().Volumes()
	for u := range 2 {
		agreed[u], downs[u] = least[u].Up+least[u].Down, receipts[u].Down
	}
	return between, agreed, downs
}

// Whatever others send, forged, replayed, altered, cut off, or signed by themselves, the accounts
// of two honest users are what they are without it: what went between them, what is credited by the
// least of both ends, and what receipts charge them with.
func TestOthersMoveNoStatement(t *testing.T) {
	p := newPeople(4)
	rapid.Check(t, func(t *rapid.T) {
		quiet, loud := newOffice(p), newOffice(p)
		var heard [][]byte
		var sent, all [2]uint64
		epoch := uint32(1)
		for round := range uint32(rapid.IntRange(1, 4).Draw(t, "rounds")) {
			quiet.now = quiet.now.Add(time.Minute)
			loud.now = quiet.now
			if rapid.Bool().Draw(t, "they lost their memory") {
				epoch, sent = epoch+1, [2]uint64{}
			}
			for u := range User(2) {
				n := rapid.Uint64Range(0, 50_000).Draw(t, "sent")
				sent[u], all[u] = sent[u]+n, all[u]+n
			}
			for u := range User(2) {
				for _, b := range [][]byte{
					reported(p.report(u, 1-u, epoch, round+1, sent[u], sent[1-u])),
					deposited(p.receipt(1-u, u, epoch, round+1, sent[1-u])),
				} {
					for range rapid.IntRange(0, 3).Draw(t, "attacks") {
						loud.send(9, attack(t, p, heard))
					}
					quiet.send(1, b)
					loud.send(1, b)
					heard = append(heard, b)
				}
			}
		}
		require.Zero(t, quiet.CrossBook().Counts.Refused()+quiet.Bank().Counts.Refused())
		between, agreed, downs := quiet.account()
		require.Equal(t, []Flow{{0, 1, all[0]}, {1, 0, all[1]}}, between[0])
		nowBetween, nowAgreed, nowDowns := loud.account()
		require.Equal(t, between, nowBetween)
		require.Equal(t, agreed, nowAgreed)
		require.Equal(t, downs, nowDowns)
	})
}

// A receiver can make receipts stale that it has given, by another one of a later epoch. What was
// credited before stays, and its own account is charged with that as well.
func TestReceiversTakeNothingBack(t *testing.T) {
	p := newPeople(3)
	b := NewBank(p.book())
	require.Equal(t, OK, b.Deposit(0, p.receipt(0, 1, 1, 1, 500)))
	require.Equal(t, OK, b.Deposit(0, p.receipt(0, 2, 1, 1, 70)))
	later := p.receipt(0, 1, 1, 2, 900)
	require.Equal(t, OK, b.Deposit(0, p.receipt(0, 1, math.MaxUint32, math.MaxUint32, 1)))
	require.Equal(t, Stale, b.Deposit(0, later))
	require.Equal(t, OK, b.Deposit(0, p.receipt(0, 2, 1, 2, 80)), "others go on")
	require.Equal(t, []Volume{{Up: 581}, {Down: 501}, {Down: 80}}, b.Volumes())
}

// Ever new epochs and numbers take no room, and many users no more than that of each.
func TestBooksAreBounded(t *testing.T) {
	p := newPeople(2)
	cross, bank := NewCrossBook(p.book()), NewBank(p.book())
	for epoch := range uint32(300) {
		r := Report{Epoch: epoch, Number: 1, Sent: 1, Received: 1}
		require.Equal(t, OK, cross.Enter(0, 0, 1, &r))
		rec := Receipt{Epoch: epoch, Number: 1, Bytes: 1}
		require.Equal(t, OK, bank.enter(0, 0, 1, &rec))
	}
	require.Len(t, cross.pairs.entries, 1)
	require.Len(t, bank.flows.entries, 1)
	require.EqualValues(t, 300, bank.Volumes()[0].Up)
	const users, torrents = 10, 50
	for by := range User(users) {
		for about := range User(users) {
			for h := range byte(torrents) {
				if by != about {
					r := Report{InfoHash: [20]byte{h}, Number: 1, Sent: 1}
					cross.Enter(0, by, about, &r)
					rec := Receipt{Terms: Terms{InfoHash: [20]byte{h}}, Number: 1, Bytes: 1}
					bank.enter(0, about, by, &rec)
				}
			}
		}
	}
	most := users * int(p.book().PairsMax)
	require.Len(t, bank.flows.entries, most)
	require.LessOrEqual(t, len(cross.pairs.entries), most)
	require.Len(t, cross.pairs.index, len(cross.pairs.entries))
	require.Positive(t, cross.Counts[Full])
}

// hall is a tracker whose announces a ledger, a desk and a sheet hear. The desk's owner knows users
// by their hosts.
type hall struct {
	tracker *tracker.Tracker
	ledger  *tracker.Ledger
	sheet   *Sheet
	claims  []Claim // of user 0
	rand    protocol.Rand
	reply   tracker.Reply
}

func newHall(t require.TestingT, rule tracker.Rule) *hall {
	h := &hall{ledger: tracker.NewLedger(rule, 1000), sheet: NewSheet(time.Hour, 100),
		rand: protocol.NewRand(1, 2, 3)}
	cfg := deskConfig(func(c *Claim) {
		h.sheet.Claim(c)
		if c.User == 0 {
			h.claims = append(h.claims, *c)
		}
	})
	cfg.Rule = rule
	cfg.Owner = func(q *tracker.Request) (User, bool) {
		return User(q.Addr.IP4() - 1), true
	}
	desk, err := NewDesk(cfg)
	require.NoError(t, err)
	k := tracker.Defaults()
	k.Observer = tracker.Books{h.ledger, desk}
	h.tracker, err = tracker.New(k)
	require.NoError(t, err)
	return h
}

// say has somebody at a host announce.
func (h *hall) say(now protocol.Time, host uint32, q tracker.Request) {
	q.Addr = protocol.Addr4(host, q.Addr.Port())
	h.tracker.Announce(now, &h.rand, &q, &h.reply)
}

// Whatever others announce, the account of a user is what it is without that: counters that jump,
// wrap or go back, under any ids and events. Who announces under the id of another one moves what
// the ledger has under that id, which knows nothing else of it; a desk's owner can tell.
func TestOthersMoveNoClaim(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := tracker.Rule(rapid.IntRange(0, 3).Draw(t, "rule"))
		quiet, loud := newHall(t, rule), newHall(t, rule)
		stolen := rapid.Bool().Draw(t, "stolen ids")
		number := rapid.OneOf(rapid.Uint64(), rapid.Uint64Range(0, 1000))
		now, up, down := protocol.Time(0), uint64(0), uint64(0)
		for n := range rapid.IntRange(1, 12).Draw(t, "announces") {
			now = now.Add(10 * time.Minute)
			up += rapid.Uint64Range(0, 1<<40).Draw(t, "up")
			down += rapid.Uint64Range(0, 1<<40).Draw(t, "down")
			event := tracker.Update
			if n == 0 {
				event = tracker.Started
			}
			mine := announce(0, 1, event, up, down, 1)
			quiet.say(now, 1, mine)
			loud.say(now, 1, mine)
			for k := range rapid.IntRange(0, 4).Draw(t, "attacks") {
				q := announce(1, byte(rapid.IntRange(1, 3).Draw(t, "torrent")),
					tracker.Event(rapid.IntRange(0, 3).Draw(t, "event")),
					number.Draw(t, "theirs"), number.Draw(t, "their downs"), number.Draw(t, "left"))
				if stolen {
					q.PeerID = mine.PeerID
				}
				q.Addr = q.Addr.WithPort(rapid.Uint16().Draw(t, "port"))
				loud.say(now.Add(time.Duration(k+1)*time.Minute), 2, q)
			}
		}
		for k := range quiet.claims { // others may be there who leech
			quiet.claims[k].Leechers, loud.claims[k].Leechers = 0, 0
		}
		require.NotEmpty(t, quiet.claims)
		require.Equal(t, quiet.claims, loud.claims)
		require.Equal(t, quiet.shares(), loud.shares())
		if !stolen {
			require.Equal(t, quiet.ledger.Accounts()[0], loud.ledger.Accounts()[0])
		}
	})
}

// shares returns what user 0 claimed in the sheet.
func (h *hall) shares() (all []Share) {
	for _, s := range h.sheet.Shares() {
		if s.User == 0 {
			s.Cell = int(h.sheet.Cells()[s.Cell].Window)
			all = append(all, s)
		}
	}
	return all
}

// Whatever other peers show, floods of haves and fields that are none, what is said of one's
// download is the same.
func TestOthersMoveNoSight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg := WatchConfig{Pieces: 20, PieceLength: 100, Last: 7, Parallel: 2, PeersMax: 5,
			FastestBytesPerSec: 40}
		quiet, loud := newWatch(t, cfg), newWatch(t, cfg)
		now := protocol.Time(0)
		for n := range rapid.IntRange(1, 40).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond)
			u := User(rapid.IntRange(0, 3).Draw(t, "user"))
			what := rapid.IntRange(0, 4).Draw(t, "what")
			if n == 0 {
				u, what = 0, 0
			}
			field := rapid.SliceOfN(rapid.Byte(), 3, 3).Draw(t, "field")
			if rapid.Bool().Draw(t, "a bitfield") {
				field[2] &= 0xf0
			}
			piece := rapid.Uint32Range(0, 25).Draw(t, "piece")
			show(loud, now, u, what, field, piece)
			if u == 0 {
				show(quiet, now, u, what, field, piece)
			}
		}
		want, seen := quiet.Estimate(0)
		got, also := loud.Estimate(0)
		require.Equal(t, seen, also)
		require.Equal(t, want, got)
	})
}

// show tells a watch something.
func show(w *Watch, now protocol.Time, u User, what int, field []byte, piece uint32) {
	switch what {
	case 0:
		w.Bitfield(now, u, field)
	case 1:
		w.Have(now, u, piece)
	case 2:
		w.DontHave(now, u, piece)
	case 3:
		w.Lost(now, u)
	default:
		w.Look(now, u)
	}
}

// Flows that others invent take nothing from anybody: what can have reached the anchors does not
// become less.
func TestInventedFlowsTakeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const users = 6
		flows := drawFlows(t, users)
		before := NewGraph(users, flows)
		for range rapid.IntRange(1, 10).Draw(t, "invented") {
			flows = append(flows, Flow{User(rapid.IntRange(0, users).Draw(t, "from")),
				User(rapid.IntRange(0, users).Draw(t, "to")), rapid.Uint64().Draw(t, "bytes")})
		}
		after := NewGraph(users, flows)
		for u := range User(users - 1) {
			require.GreaterOrEqual(t, after.Bound([]User{u}, []User{users - 1}),
				before.Bound([]User{u}, []User{users - 1}))
		}
	})
}

// A ring as long as anybody can make it neither overflows nor takes long.
func TestBoundOfALongChain(t *testing.T) {
	const users = 50_000
	var flows []Flow
	for u := range User(users - 1) {
		flows = append(flows, Flow{u, u + 1, 1000 + uint64(u)})
	}
	flows = append(flows, Flow{users - 1, 0, 5})
	g := NewGraph(users, flows)
	require.EqualValues(t, 1000, g.Bound([]User{0}, []User{users - 1}))
}
