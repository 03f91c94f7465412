package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
)

// The ways in which the two clients of a transfer find each other.
const (
	byOurTracker  = "our tracker"
	byOpentracker = "opentracker"
	byDHT         = "DHT"
	byMagnet      = "magnet" // in the DHT, where it gets the metadata, too
)

// exchangeWays are all ways, the slowest one first.
var exchangeWays = []string{byMagnet, byDHT, byOpentracker, byOurTracker}

// market is one client of each other kind that seeds and one that downloads, trackers, and the
// nodes of a DHT.
type market struct {
	*sharedContent
	nodes    []*ourNode
	seeds    map[string]*exchanger
	leechers map[string]*exchanger
	trackers map[string]trackerSite

	mu   sync.Mutex
	took map[handover]time.Duration
}

// handover is one transfer of the content between a client of ours and another one.
type handover struct {
	kind string
	ours bool // ours is the seed
	way  string
}

func (p handover) String() string {
	if p.ours {
		return fmt.Sprintf("ours to %s by %s", p.kind, p.way)
	}
	return fmt.Sprintf("%s to ours by %s", p.kind, p.way)
}

// needExchangers skips the test unless all programs are here.
func needExchangers(t *testing.T) []string {
	t.Helper()
	environment := needPrograms(t)
	if environment == nil {
		return nil
	}
	return append(environment, torrentsVariable+"="+buildAnacrolix(t, "./torrents"))
}

// TestInteropTorrents passes 64 MiB in many files from every client to ours and from ours to every
// client, each time with another infohash, by which the two find each other in one way only.
func TestInteropTorrents(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes")
	}
	needOpentracker(t)
	programs := needExchangers(t)
	t.Parallel()
	if !trial.Isolated(t, programs...) {
		return
	}
	x := &market{sharedContent: newSharedContent(t), seeds: make(map[string]*exchanger),
		leechers: make(map[string]*exchanger), took: make(map[handover]time.Duration)}
	torrents := x.start()
	t.Run("all", func(t *testing.T) {
		for _, way := range exchangeWays {
			for _, kind := range exchangeKinds {
				for _, ours := range []bool{true, false} {
					p := handover{kind, ours, way}
					number := 100 + len(x.took)
					x.took[p] = 0
					t.Run(p.String(), func(t *testing.T) {
						t.Parallel()
						x.pass(t, p, torrents[p], nodeAddr("swarmlab", number))
					})
				}
			}
		}
	})
	x.print()
}

// start starts everything, and returns the torrents.
func (x *market) start() map[handover]sharedTorrent {
	x.t.Helper()
	x.nodes = startAllOurs(x.t, 1, 12) // Transmission wants to know more than 8
	const address = "10.77.1.250:6969"
	const listed = "10.77.0.2:6969"
	x.trackers = map[string]trackerSite{byOurTracker: startOurTracker(x.t, address, "30m")}
	torrents := make(map[handover]sharedTorrent)
	var list []sharedTorrent
	for _, kind := range exchangeKinds {
		for _, ours := range []bool{true, false} {
			scheme := map[bool]string{true: "udp", false: "http"}[ours]
			for way, announce := range map[string]string{
				byOurTracker:  trackerSite(address).url(scheme),
				byOpentracker: trackerSite(listed).url(scheme),
				byDHT:         "", byMagnet: "",
			} {
				s := x.torrent(announce)
				torrents[handover{kind, ours, way}] = s
				list = append(list, s)
			}
		}
		x.seeds[kind] = startExchanger(x.t, kind, 1, 0, x.nodes)
		x.leechers[kind] = startExchanger(x.t, kind, 2, 0, x.nodes)
	}
	x.trackers[byOpentracker] = startListed(x.t, listed, list...)
	return torrents
}

// pass has the content pass.
func (x *market) pass(t *testing.T, p handover, of sharedTorrent, addr string) {
	t.Helper()
	source := of.file
	if p.way == byMagnet {
		source = of.link
	}
	from, to := x.copied(t), filepath.Join(t.TempDir(), "to")
	if p.ours {
		seed := seedOurs(t, of.file, from, addr, x.nodes[0].addr)
		x.await(t, p, of)
		began := time.Now()
		x.fetch(t, x.leechers[p.kind], of, source, to)
		x.tell(p, time.Since(began))
		seed.interrupt()
		r := seed.last()
		require.GreaterOrEqual(t, r.All.PayloadUp, uint64(sharedSize))
		require.Zero(t, r.All.PayloadDown)
		return
	}
	x.seeds[p.kind].add(t, of.file, from)
	x.await(t, p, of)
	began := time.Now()
	download := downloadOurs(t, source, to, addr, x.nodes[0].addr)
	require.Equal(t, command.Done, download.wait(), "%s", &download.errOut)
	x.tell(p, time.Since(began))
	r := download.last()
	require.True(t, r.Complete)
	require.EqualValues(t, sharedSize, r.All.Useful)
	require.Zero(t, r.All.Failed)
	require.Zero(t, r.Failures)
	x.check(t, to)
}

// fetch has another client download, and waits until it has everything.
func (x *market) fetch(t *testing.T, e *exchanger, of sharedTorrent, source, to string) {
	t.Helper()
	e.add(t, source, to)
	x.until(t, e, of)
	// Some write the last of it a moment later.
	require.Eventually(t, func() bool { return x.written(to) }, 10*time.Second, 50*time.Millisecond)
	x.check(t, to)
}

// until waits until another client has everything.
func (x *market) until(t *testing.T, e *exchanger, of sharedTorrent) {
	t.Helper()
	var last standing
	for end := time.Now().Add(benchTime); !last.complete; time.Sleep(50 * time.Millisecond) {
		last = e.standing(t, of)
		require.True(t, time.Now().Before(end), "%s is not complete: %s", e.kind, last.said)
	}
}

// await waits until the seed can be found. Transmission announces itself in the DHT when it likes,
// which took it more than two minutes once.
func (x *market) await(t *testing.T, p handover, of sharedTorrent) {
	t.Helper()
	own := x.seeds[p.kind]
	for end := time.Now().Add(2 * benchTime); ; time.Sleep(200 * time.Millisecond) {
		if site, tracked := x.trackers[p.way]; tracked {
			if site.seeds(t, of.hash) > 0 {
				return
			}
		} else if len(x.nodes[1].lookup(dht.Request{
			Method: krpc.GetPeers, Target: krpc.IDFromBytes(of.hash[:]),
		}).peers) > 0 {
			return
		}
		said := ""
		if !p.ours {
			said = own.standing(t, of).said
			if p.way == byDHT || p.way == byMagnet {
				own.nudge(t, of)
			}
		}
		require.True(t, time.Now().Before(end), "the seed is not found: %s", said)
	}
}

func (x *market) tell(p handover, took time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.took[p] = took
}

// Print prints how long each transfer took, from the moment at which the seed could be found.
func (x *market) print() {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	ways := slices.Clone(exchangeWays)
	slices.Reverse(ways)
	fmt.Fprintf(w, "64 MiB\tby %s\n", strings.Join(ways, "\tby "))
	for _, ours := range []bool{false, true} {
		for _, kind := range exchangeKinds {
			p := handover{kind: kind, ours: ours}
			name, _, _ := strings.Cut(p.String(), " by ")
			fmt.Fprint(w, name)
			for _, p.way = range ways {
				fmt.Fprintf(w, "\t%.1f s", x.took[p].Seconds())
			}
			fmt.Fprintln(w)
		}
	}
	w.Flush()
	x.t.Logf("\n%s", text.String())
}
