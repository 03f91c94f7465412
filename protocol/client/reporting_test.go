package client

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
	"swarmlab/protocol/swarm"
	"swarmlab/protocol/tracker"
)

// play is the worked case: of 4 pieces of 32768 bytes a leecher has piece 0. It gets piece 1 from
// S; piece 2 from X, whose hash is wrong; piece 2 from S; block 3/0 from S; the same from Y; 5000
// bytes of block 3/1 from S, whose connection dies; and block 3/1 from W, which is a web seed in
// the sheet. It returns the totals before and after the wrong hash, by all ways of reporting, and
// the peers S, X, Y and W.
func play(s *stage) (before, after []tracker.Totals, peers [4]protocol.Addr) {
	all := func() (t []tracker.Totals) {
		for r := range reportings {
			t = append(t, s.totals(r))
		}
		return t
	}
	s.verify = func(piece uint32) bool {
		good := piece != 2 || before != nil
		if !good {
			before = all()
		}
		return good
	}
	var from, bad, web protocol.Conn
	from, peers[0] = s.server(1)
	s.serve(from, 1)
	bad, peers[1] = s.server(2)
	s.serve(bad, 2)
	after = all()
	require.NotContains(s.t, s.open, bad, "it alone sent what is bad")
	s.say(from, peerwire.AppendIndex(nil, peerwire.Have, 2))
	s.serve(from, 2)
	s.say(from, peerwire.AppendIndex(nil, peerwire.Have, 3))
	s.say(from, block(3, 0))
	var twice protocol.Conn
	twice, peers[2] = s.connect(nil)
	s.say(twice, block(3, 0))
	s.say(from, block(3, 1)[:13+5000])
	require.EqualValues(s.t, 86920, s.g.Swarm().Books(0, 0, s.now).PayloadDown-32768-16384,
		"parts of blocks count while the connection lives")
	delete(s.open, from)
	s.turn(func(t *protocol.Turn) { s.g.Closed(0, t, from, protocol.Reset) })
	web, peers[3] = s.server(3)
	s.say(web, block(3, 1))
	return before, after, peers
}

// The numbers of the sheet, as they come to the tracker, whatever the client.
func TestWorkedCaseOfTheDownload(t *testing.T) {
	for _, x := range []struct {
		r                        Reporting
		begin                    uint64 // downloaded, when it starts
		down, corrupt, redundant uint64
		before, after            uint64 // around the wrong hash
	}{
		{ReportsLibtorrent, 0, 98304, 32768, 21384, 65536, 32768},
		{ReportsTrueDownloaded, 0, 119688, 32768, 21384, 65536, 32768},
		{ReportsTransmission, 0, 98304, 32768, 0, 32768, 32768},
		{ReportsAnacrolix, 0, 131072, 0, 0, 65536, 65536},
		{ReportsWebtorrent, 32768, 131072, 0, 0, 98304, 65536},
	} {
		t.Run(x.r.String(), func(t *testing.T) {
			s := newStage(t, x.r, swarm.Entry{Have: []byte{0x80}})
			before, after, peers := play(s)
			require.Equal(t, x.before, before[x.r].Downloaded)
			require.Equal(t, x.after, after[x.r].Downloaded)
			require.Len(t, s.told, 2)
			started, completed := s.told[0], s.told[1]
			require.Equal(t, tracker.Started, started.Event)
			require.Equal(t, tracker.Totals{Downloaded: x.begin, Left: 98304}, started.Totals)
			require.Equal(t, tracker.Completed, completed.Event)
			require.Equal(t, tracker.Totals{Downloaded: x.down}, completed.Totals)
			require.Equal(t, tracker.Totals{Downloaded: x.down, Corrupt: x.corrupt,
				Redundant: x.redundant}, s.totals(x.r), "with what is said in HTTP only")

			truth, sum := map[protocol.Addr]uint64{}, uint64(0)
			s.g.Swarm().Tallies(0, 0, s.now, func(a protocol.Addr, y *swarm.Tally) {
				truth[a] = y.PayloadDown
				sum += y.PayloadDown
			})
			for k, n := range []uint64{86920, 32768, 16384, 16384} {
				require.Equal(t, n, truth[peers[k]], "peer %d", k)
			}
			require.EqualValues(t, 136072+16384, sum)
			b := s.g.Swarm().Books(0, 0, s.now)
			require.EqualValues(t, 98304, b.Verified-b.Brought, "new verified data")
		})
	}
}

// What is left moves by pieces or by blocks, and rises again after a wrong hash, or does not.
func TestWhatIsLeft(t *testing.T) {
	s := newStage(t, ReportsLibtorrent, swarm.Entry{Have: []byte{0x80}})
	before, after, _ := play(s)
	for r, want := range [...][2]uint64{{65536, 65536}, {32768, 65536}, {32768, 65536},
		{32768, 65536}, {65536, 65536}} {
		require.Equal(t, want, [2]uint64{before[r].Left, after[r].Left}, Reporting(r))
	}
	for r, want := range [...]uint64{16384, 1<<63 - 1, 1<<64 - 1, 1<<64 - 1, 16384} {
		b := swarm.Books{}
		require.Equal(t, want, Reporting(r).totals(&b).Left, "without metadata")
	}
}

// What a seed reports of which 5 blocks were written whole, and 9000 bytes of the sixth.
func TestWorkedCaseOfTheUpload(t *testing.T) {
	s := newStage(t, ReportsLibtorrent, swarm.Entry{All: true})
	c, _ := s.connect(peerwire.AppendPlain(nil, peerwire.Interested))
	s.pass(20 * time.Second)
	s.slow = true
	began := s.written[c]
	require.Equal(t, began, s.left[c])
	var ask []byte
	for k := range uint32(6) {
		ask = peerwire.AppendBlock(ask, peerwire.Request, 1+k/2, k%2*swarm.BlockSize,
			swarm.BlockSize)
	}
	s.say(c, ask)
	s.drain(c, began+5*16397+13+9000)
	require.Equal(t, began+6*16397, s.written[c])
	delete(s.open, c)
	check := func() {
		for r, want := range [...]uint64{90920, 90998, 98304, 98304, 90920} {
			require.Equal(t, want, s.totals(Reporting(r)).Uploaded, Reporting(r))
		}
	}
	check()
	s.turn(func(t *protocol.Turn) { s.g.Closed(0, t, c, protocol.Reset) })
	check()
	// A part of a header counts as such.
	s.slow = false
	c, _ = s.connect(peerwire.AppendPlain(nil, peerwire.Interested))
	s.pass(20 * time.Second)
	s.slow = true
	began = s.written[c]
	s.say(c, peerwire.AppendBlock(nil, peerwire.Request, 0, 0, 1000))
	require.Equal(t, began+13+1000, s.written[c])
	s.drain(c, began+5)
	require.EqualValues(t, 90998+5, s.totals(ReportsTransmission).Uploaded)
	require.EqualValues(t, 90920, s.totals(ReportsLibtorrent).Uploaded)
}

// act is something that a client does, or that happens to it. Some count the headers of blocks,
// too, which then are so many bytes.
type act func(s *stage, header uint32)

func up(n uint32) act { return func(s *stage, header uint32) { s.upload(n - header) } }

func due(s *stage, _ uint32) {
	for n := len(s.told); len(s.told) == n; {
		s.pass(time.Minute)
	}
}

func leave(s *stage, _ uint32) {
	s.turn(func(t *protocol.Turn) { s.g.Leave(0, t, 0) })
	s.pass(10 * time.Second)
	require.True(s.t, s.g.Left(0, 0))
}

func lost(s *stage, header uint32) {
	s.deaf = true
	leave(s, header)
	s.deaf = false
}

func join(s *stage, _ uint32) {
	s.turn(func(t *protocol.Turn) { s.g.Add(0, t, s.entry) })
}

func crash(s *stage, _ uint32) {
	s.g.Drop(0)
	clear(s.open)
	s.begin()
}

func expire(s *stage, _ uint32)  { s.skew += 3 * time.Hour }
func amnesia(s *stage, _ uint32) { s.tracker.Tracker(0).Reset() }

// lives are the rows of the sheet's table of what trackers make of reports, with what the client
// does, what it says, and what each rule credits.
var lives = []struct {
	name   string
	acts   []act
	said   []uint64
	credit [4]uint64
	by     []Reporting // clients of which it is so; nil: all
}{
	{"normal", []act{up(100), due, up(150), due, up(60), leave},
		[]uint64{0, 100, 250, 310}, [4]uint64{310, 310, 310, 310}, nil},
	{"crash and restart", []act{up(100), due, up(150), due, crash, up(40), due, up(20), leave},
		[]uint64{0, 100, 250, 0, 40, 60}, [4]uint64{310, 310, 310, 60}, nil},
	{"peer expired at tracker", []act{up(100), due, expire, up(80), due, up(20), leave},
		[]uint64{0, 100, 180, 200}, [4]uint64{120, 120, 300, 200}, nil},
	{"stopped lost, counters kept", []act{up(100), due, up(50), lost, join, up(50), leave},
		[]uint64{0, 100, 150, 200}, [4]uint64{150, 200, 200, 200},
		[]Reporting{ReportsTransmission}},
	{"stopped lost, counters cleared", []act{up(100), due, up(50), lost, join, up(50), leave},
		[]uint64{0, 100, 0, 50}, [4]uint64{150, 150, 150, 50},
		[]Reporting{ReportsLibtorrent, ReportsAnacrolix, ReportsWebtorrent}},
	{"stopped answered", []act{up(100), leave, join, up(50), leave},
		[]uint64{0, 100, 0, 50}, [4]uint64{150, 150, 150, 150}, nil},
	{"tracker restart, state lost",
		[]act{up(100), due, amnesia, up(60), due, up(60), due, up(20), leave},
		[]uint64{0, 100, 160, 220, 240}, [4]uint64{180, 180, 340, 240}, nil},
}

// That table, with clients that transfer and report it.
func TestRulesOverReports(t *testing.T) {
	for _, c := range lives {
		by := c.by
		if by == nil {
			by = []Reporting{ReportsLibtorrent, ReportsTransmission, ReportsAnacrolix,
				ReportsWebtorrent}
		}
		for _, r := range by {
			t.Run(fmt.Sprint(c.name, " ", r), func(t *testing.T) {
				var ledgers []*tracker.Ledger
				var books []tracker.Observer
				for rule := range tracker.Rule(4) {
					ledgers = append(ledgers, tracker.NewLedger(rule, 10))
					books = append(books, ledgers[rule])
				}
				s := newStage(t, r, swarm.Entry{All: true}, books...)
				header := uint32(0)
				if r == ReportsTransmission {
					header = peerwire.PieceHeader
				}
				for _, do := range c.acts {
					do(s, header)
				}
				var said []uint64
				for _, q := range s.told {
					said = append(said, q.Uploaded)
				}
				require.Equal(t, c.said, said)
				for rule, l := range ledgers {
					require.Equal(t, c.credit[rule], l.Accounts()[0].Credited.Uploaded,
						tracker.Rule(rule))
				}
			})
		}
	}
}

// The last row of that table: libtorrent's download goes down, and is credited twice.
func TestRulesOverADecrease(t *testing.T) {
	s := newStage(t, ReportsLibtorrent, swarm.Entry{Have: []byte{0x80}})
	before, after, _ := play(s)
	said := []tracker.Totals{{}, before[0], after[0], s.totals(ReportsLibtorrent)}
	events := []tracker.Event{tracker.Started, tracker.Update, tracker.Update, tracker.Stopped}
	for rule, want := range []uint64{131072, 131072, 131072, 98304} {
		sum := uint64(0)
		var last *tracker.Totals
		for k := range said {
			sum += tracker.Rule(rule).Credit(events[k], last, &said[k]).Downloaded
			last = &said[k]
		}
		require.Equal(t, want, sum, tracker.Rule(rule))
	}
}
