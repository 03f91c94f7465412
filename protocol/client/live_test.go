package client

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/live"
	"swarmlab/protocol/swarm"
)

// resident is a client or an office at sockets of this machine.
type resident struct {
	*live.Node
	group *Group // nil: an office
	end   context.CancelFunc
	over  chan error
}

func (r *resident) run(g protocol.Group) {
	ctx, end := context.WithCancel(context.Background())
	r.end, r.over = end, make(chan error, 1)
	go func() { r.over <- r.Run(ctx, g) }()
}

func (r *resident) stop(t *testing.T) {
	r.end()
	select {
	case err := <-r.over:
		require.NoError(t, err)
	case <-time.After(20 * time.Second):
		t.Fatal("it does not end")
	}
}

func newResident(t *testing.T, geo swarm.Geometry, k int, c Cheat) *resident {
	cfg := Default()
	cfg.DHT, cfg.Cheat.Kind = nil, c
	cfg.Audit = AuditConfig{Window: 64 << 10, Settle: time.Second,
		Epoch: uint32(time.Now().Unix())}
	g, err := New(cfg, Env{Swarm: swarm.Env{Store: blocks{t, geo}}}, 1)
	require.NoError(t, err)
	g.Register(Torrent{Torrent: swarm.Torrent{InfoHash: [20]byte{8}, Geometry: geo}})
	s := live.DefaultStreams()
	s.Contents = blocks{t, geo}
	n, err := live.ListenStreams(s, "127.0.0.1:0")
	require.NoError(t, err)
	g.Assign(0, [20]byte{'-', 'S', 'L', byte(k)}, n.Addr())
	return &resident{Node: n, group: g}
}

// received returns what clients have received of each other, by their own books.
func received(t *testing.T, all []*resident) (truth map[[2]audit.User]uint64) {
	truth = map[[2]audit.User]uint64{}
	for k, r := range all {
		require.NoError(t, r.Do(func(x *protocol.Turn) {
			r.group.Swarm().Tallies(0, 0, x.Now, func(a protocol.Addr, y *swarm.Tally) {
				for from, o := range all {
					if o.Addr() == a && y.PayloadDown > 0 {
						truth[[2]audit.User{audit.User(from), audit.User(k)}] = y.PayloadDown
					}
				}
			})
		}))
	}
	return truth
}

// hearOut ends clients, and waits until the office has read all that they stated.
func hearOut(t *testing.T, all []*resident, at *resident, office *audit.Office) {
	stated := uint64(0)
	for _, r := range all {
		r.stop(t)
		c := r.group.Counters()
		stated += c.Reports + c.Proofs
	}
	require.Eventually(t, func() (read bool) {
		require.NoError(t, at.Do(func(*protocol.Turn) {
			heard := office.Tally()
			read = heard.Reports+heard.Receipts == stated
		}))
		return read
	}, 20*time.Second, 10*time.Millisecond)
}

// The same over sockets: four clients, one of which withholds its receipts, and an office.
func TestStatementsOverSockets(t *testing.T) {
	const clients, withholder = 4, 3
	users := map[audit.Key]audit.User{}
	for k := range uint32(clients) {
		users[audit.KeyOf(keyOf(k))] = audit.User(k)
	}
	office := audit.NewOffice(audit.OfficeConfig{Book: audit.BookConfig{PairsMax: 100,
		Pace:  audit.Pace{BytesPerSec: 1 << 30, Burst: 1 << 30},
		Users: func(k audit.Key) (audit.User, bool) { u, ok := users[k]; return u, ok }}})
	desk, err := live.Listen("127.0.0.1:0")
	require.NoError(t, err)
	at := &resident{Node: desk}
	at.run(office)
	geo := swarm.Geometry{Total: 60*65536 + 777, PieceLength: 65536}
	var all []*resident
	for k := range clients {
		cheat := Honest
		if k == withholder {
			cheat = Withholder
		}
		r := newResident(t, geo, k, cheat)
		r.group.Enrol(0, keyOf(uint32(k)), desk.Addr())
		all = append(all, r)
		r.run(r.group)
		require.NoError(t, r.Do(func(x *protocol.Turn) {
			r.group.Add(0, x, swarm.Entry{All: k == 0})
			for _, o := range all[:k] {
				r.group.Found(0, x, 0, []protocol.Addr{o.Addr()}, swarm.FromManual)
			}
		}))
	}
	for _, r := range all {
		require.Eventually(t, func() (done bool) {
			require.NoError(t, r.Do(func(*protocol.Turn) {
				p, _ := r.group.Swarm().Progress(0, 0)
				done = p.Left == 0 && p.Conns == 0 // seeds leave each other
			}))
			return done
		}, 40*time.Second, 50*time.Millisecond)
	}
	truth := received(t, all)
	require.GreaterOrEqual(t, len(truth), clients-1)
	hearOut(t, all, at, office)
	const slack = 8 * swarm.BlockSize // what is under way when a connection ends
	sum, signed := uint64(0), uint64(0)
	var reports, receipts map[[2]audit.User]uint64
	require.NoError(t, at.Do(func(*protocol.Turn) {
		reports = credited(office.CrossBook().Flows(audit.Least, nil))
		receipts = credited(office.Bank().Flows(nil))
	}))
	at.stop(t)
	for p, n := range truth {
		if p[1] == withholder {
			require.Zero(t, reports[p]+receipts[p])
			continue
		}
		require.InDelta(t, n, reports[p], slack, "%v", p)
		require.LessOrEqual(t, receipts[p], n)
		sum, signed = sum+n, signed+receipts[p]
	}
	// At this speed receipts that are behind when a connection ends are many.
	require.Greater(t, signed, sum/2)
}
