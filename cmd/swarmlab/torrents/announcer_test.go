package torrents

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/live"
	"swarmlab/protocol/live/httptracker"
	"swarmlab/protocol/tracker"
)

// announcer is a core that is nothing but a client of trackers, on a real socket.
type announcer struct {
	t      *testing.T
	client *tracker.Client
	node   *live.Node
	totals tracker.Totals
	peers  map[string]bool
	fetch  uint32 // the last one that was begun
	urls   chan announcerFetch
	stop   func()
}

type announcerFetch struct {
	number uint32
	url    string
}

// startAnnouncer announces the torrent of hash 0 and a peer at a port to trackers.
func startAnnouncer(
	t *testing.T, totals tracker.Totals, port uint16, urls ...string,
) *announcer {
	t.Helper()
	a := &announcer{t: t, totals: totals, peers: map[string]bool{},
		urls: make(chan announcerFetch, 100)}
	rand := protocol.NewRand(1, 1, uint64(port))
	c, err := tracker.NewClient(tracker.ClientConfig{Port: port, PeerID: [20]byte{byte(port)},
		Key: uint32(port), Want: -1, Tiers: [][]string{urls}, HTTP: true,
		IntervalMin: time.Second}, &rand)
	require.NoError(t, err)
	a.client = c
	a.node, err = live.Listen("127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	go func() { ended <- a.node.Run(ctx, a) }()
	go func() {
		for f := range a.urls {
			body, err := httptracker.Fetch(ctx, f.url)
			problem := ""
			if err != nil {
				problem = err.Error()
			}
			a.node.Do(func(t *protocol.Turn) {
				a.client.Fetched(t, f.number, body, problem, a.totals)
				a.after(t)
			})
		}
		ended <- nil
	}()
	a.stop = func() { cancel(); require.NoError(t, <-ended); close(a.urls); <-ended }
	t.Cleanup(func() { a.stop() })
	return a
}

func (a *announcer) Len() int                         { return 1 }
func (a *announcer) Start(_ uint32, t *protocol.Turn) { a.client.Start(t, a.totals); a.after(t) }
func (a *announcer) Wake(_ uint32, t *protocol.Turn)  { a.client.Wake(t, a.totals); a.after(t) }
func (a *announcer) Stop(uint32, *protocol.Turn)      {}
func (a *announcer) Drop(uint32)                      {}

func (a *announcer) Datagram(_ uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	a.client.Datagram(t, from, p, a.totals)
	a.after(t)
}

// after does what follows every call of the client.
func (a *announcer) after(t *protocol.Turn) {
	for _, p := range a.client.Peers() {
		a.peers[p.Addr.String()] = true
	}
	if number, url, ok := a.client.Fetch(); ok && number != a.fetch {
		a.fetch = number
		a.urls <- announcerFetch{number, string(url)}
	}
	t.Out.WakeAt(a.client.Due())
}

// do runs f as a turn.
func (a *announcer) do(f func(t *protocol.Turn)) {
	require.NoError(a.t, a.node.Do(func(t *protocol.Turn) {
		f(t)
		a.after(t)
	}))
}

func (a *announcer) tally() (c tracker.ClientTally) {
	a.do(func(*protocol.Turn) { c = a.client.Tally() })
	return c
}

func (a *announcer) status() (s tracker.Status) {
	a.do(func(*protocol.Turn) { s = a.client.Status() })
	return s
}

func (a *announcer) found() (all []string) {
	a.do(func(*protocol.Turn) {
		for p := range a.peers {
			all = append(all, p)
		}
	})
	return all
}

// complete says that the download is complete, and waits until a tracker knows.
func (a *announcer) complete() {
	before := a.tally().Answered
	a.do(func(t *protocol.Turn) {
		a.totals.Downloaded += a.totals.Left
		a.totals.Left = 0
		a.client.Complete(t, a.totals)
	})
	a.until("completed", func() bool { return a.tally().Answered > before })
}

// leave announces the end, and waits for the answer.
func (a *announcer) leave() {
	a.do(func(t *protocol.Turn) { a.client.Leave(t, a.totals) })
	a.until("left", func() (left bool) {
		a.do(func(*protocol.Turn) { left = a.client.Left() })
		return left
	})
}

func (a *announcer) until(what string, test func() bool) {
	a.t.Helper()
	require.Eventually(a.t, test, 20*time.Second, time.Millisecond, what)
}
