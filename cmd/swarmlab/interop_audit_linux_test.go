package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math/bits"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/auditor"
	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/cmd/swarmlab/torrents"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol/metainfo"
	"swarmlab/scenarios/results/manifest"
	"swarmlab/scenarios/results/observation"
)

const (
	watchedSize  = 8<<20 + 12_345
	watchedPiece = 64 << 10
	watchedSlow  = 500 << 10 // bytes/s
	watchedFast  = 900 << 10
)

// watchedSwarm is a swarm of others' clients with limits, which tell how much they have got.
type watchedSwarm struct {
	t       *testing.T
	file    string
	torrent *metainfo.Torrent
	folder  string // with the content
	nodes   []*ourNode

	observer *ourRun
}

// sample is what a client said of itself at a time.
type sample struct {
	at time.Time
	fetched
}

// fetched is what a client says of itself.
type fetched struct {
	pieces uint32 // verified
	useful uint64 // bytes of payload, in pieces that are not whole, too
}

// TestInteropAudit watches a swarm of libtorrent, Transmission and aria2 with rate limits. What the
// observer finds out of each is what the client itself says, but for one piece, for what it had
// when the observer came (head), and for what it got after it was last seen (tail).
func TestInteropAudit(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	if os.Getenv(trial.IsolatedVariable) == "" {
		trial.NeedLibtorrent(t)
		for _, name := range []string{"aria2c", "transmission-daemon"} {
			if _, err := exec.LookPath(name); err != nil {
				trial.Missing(t, "no %s here (Debian: aria2, transmission-daemon)", name)
			}
		}
	}
	t.Parallel()
	if !trial.Isolated(t) {
		return
	}
	x := newWatchedSwarm(t)
	seed := startExchanger(t, libtorrent, 1, 0, x.nodes)
	seed.add(t, x.file, x.folder)
	early := x.leech(transmission)
	x.until("Transmission has begun", func() bool { return x.fetched(early).pieces >= 3 })
	before := x.fetched(early)

	out := filepath.Join(t.TempDir(), "audit")
	x.observer = startOurProgram(t, "audit", x.file, "--listen", nodeAddr("swarmlab", 99),
		"--out", out, "--json", "--every", "1s", "--parallel", "1")
	heads := map[*exchanger]fetched{early: x.met(2, early)}
	whole := x.leech(libtorrent)
	heads[whole] = x.met(3, whole)
	half := x.leech(aria2)
	samples := []sample{{at: time.Now()}} // of what aria2 has
	x.until("aria2 is half-way", func() bool {
		samples = append(samples, sample{time.Now(), x.fetched(half)})
		return samples[len(samples)-1].pieces > 45 && len(x.observed().Peers) == 4
	})
	cut := x.stop(half) // it leaves in the midst
	samples = append(samples, sample{time.Now(), cut})
	require.Less(t, cut.pieces, x.torrent.Info.Count())
	x.until("libtorrent is complete", func() bool { return x.complete(whole) })
	x.until("Transmission is complete", func() bool { return x.complete(early) })
	x.until("its haves have come", func() bool { // up to ten seconds late
		return trial.PeerOf(t, x.observed(), early.addr).Rest == 0
	})
	x.observer.interrupt()
	require.Equal(t, command.Done, x.observer.command.ProcessState.ExitCode())

	o := trial.Observation(t, out)
	x.log(o)
	require.Len(t, o.Peers, 4)
	s := trial.PeerOf(t, o, seed.addr)
	require.True(t, s.Seed)
	require.Zero(t, s.Gained)
	require.Contains(t, s.Client, "libtorrent")
	head := trial.PeerOf(t, o, early.addr)
	require.GreaterOrEqual(t, head.Held, uint64(before.pieces)*watchedPiece)
	require.Contains(t, head.Client, "Transmission 3")
	x.within(o, early, x.fetched(early), heads[early])
	x.within(o, whole, x.fetched(whole), heads[whole])
	require.Contains(t, trial.PeerOf(t, o, half.addr).Client, "aria2 1.")
	x.upTo(o, out, half, samples)
	require.Equal(t, 2, o.Completed)
	require.Equal(t, 1, o.Seeds)
	require.Len(t, o.Scrapes, 2)
	require.EqualValues(t, 1, o.Scrapes[0].Seeders)
	require.GreaterOrEqual(t, o.Scrapes[1].Completed, uint32(1))
}

func newWatchedSwarm(t *testing.T) *watchedSwarm {
	x := &watchedSwarm{t: t, folder: t.TempDir()}
	b := make([]byte, watchedSize)
	rand.NewChaCha8([32]byte{7}).Read(b)
	require.NoError(t, os.WriteFile(filepath.Join(x.folder, "watched"), b, 0o644))
	site := startOurTracker(t, "10.77.1.250:6969", "3s")
	x.file = filepath.Join(x.folder, "watched.torrent")
	trial.Must(t, torrents.NewCommand(), "create", filepath.Join(x.folder, "watched"), "-o", x.file,
		"--piece-length", "64KiB", "--tracker", site.url("http"))
	x.torrent = trial.Parsed(t, x.file)
	x.nodes = startAllOurs(t, 1, 12)
	return x
}

func (x *watchedSwarm) until(what string, is func() bool) {
	x.t.Helper()
	began := time.Now()
	require.Eventually(x.t, is, 40*time.Second, 50*time.Millisecond, "%s", what)
	x.t.Logf("%s after %v", what, time.Since(began).Round(time.Millisecond))
}

// leech starts a client that downloads, not faster than its limit.
func (x *watchedSwarm) leech(kind string) *exchanger {
	x.t.Helper()
	folder := x.t.TempDir()
	if kind == libtorrent {
		e := &exchanger{kind: kind, addr: nodeAddr(kind, 2)}
		e.program = startForeign(x.t, kind, setup{Listen: []string{e.addr},
			Bootstrap: []string{x.nodes[0].addr}, MaxDown: watchedFast, torrents: true})
		e.add(x.t, x.file, folder)
		return e
	}
	e := startExchanger(x.t, kind, 2, 0, x.nodes)
	if kind == transmission {
		said := e.client.call(map[string]any{"method": "session-set", "arguments": map[string]any{
			"speed-limit-down": watchedSlow >> 10, "speed-limit-down-enabled": true}})
		require.Contains(x.t, string(said), `"result":"success"`)
		e.add(x.t, x.file, folder)
		return e
	}
	b, err := os.ReadFile(x.file)
	require.NoError(x.t, err)
	e.aria2(x.t, "addTorrent", base64.StdEncoding.EncodeToString(b), []string{},
		map[string]any{"dir": folder, "seed-ratio": "0.0",
			"max-download-limit": strconv.Itoa(watchedSlow)})
	return e
}

// fetched asks a client what it has got.
func (x *watchedSwarm) fetched(e *exchanger) (f fetched) {
	x.t.Helper()
	key := x.torrent.Info.Hash.String()
	switch e.kind {
	case transmission:
		return x.transmissionFetched(e, key)
	case aria2:
		for _, method := range []string{"tellActive", "tellWaiting"} {
			params := map[string][]any{"tellActive": {}, "tellWaiting": {0, 10}}[method]
			var all []struct {
				InfoHash, Bitfield string
				CompletedLength    uint64 `json:",string"`
			}
			require.NoError(x.t, json.Unmarshal(e.aria2(x.t, method, params...), &all))
			for _, a := range all {
				if a.InfoHash == key {
					b, err := hex.DecodeString(a.Bitfield)
					require.NoError(x.t, err)
					return fetched{ones(b), a.CompletedLength}
				}
			}
		}
		return f
	}
	a, err := e.program.ask(question{Op: "status", Key: key})
	require.NoError(x.t, err)
	return fetched{a.Pieces, a.Down - a.Wasted}
}

func (x *watchedSwarm) transmissionFetched(e *exchanger, key string) fetched {
	said := e.client.call(map[string]any{"method": "torrent-get", "arguments": map[string]any{
		"ids": []string{key}, "fields": []string{"pieces", "haveValid", "haveUnchecked"},
	}})
	var r struct {
		Arguments struct {
			Torrents []struct {
				Pieces                   []byte // base64
				HaveValid, HaveUnchecked uint64
			}
		}
	}
	require.NoError(x.t, json.Unmarshal(said, &r))
	require.Len(x.t, r.Arguments.Torrents, 1)
	a := r.Arguments.Torrents[0]
	return fetched{ones(a.Pieces), a.HaveValid + a.HaveUnchecked}
}

func ones(field []byte) (n uint32) {
	for _, b := range field {
		n += uint32(bits.OnesCount8(b))
	}
	return n
}

func (x *watchedSwarm) complete(e *exchanger) bool {
	return x.fetched(e).pieces == x.torrent.Info.Count()
}

// stop has aria2 pause, which ends its connections, and returns what it has got by then.
func (x *watchedSwarm) stop(e *exchanger) (last fetched) {
	x.t.Helper()
	var all []struct{ Gid string }
	require.NoError(x.t, json.Unmarshal(e.aria2(x.t, "tellActive", []string{"gid"}), &all))
	require.Len(x.t, all, 1)
	e.aria2(x.t, "forcePause", all[0].Gid)
	for {
		f := x.fetched(e)
		if f == last {
			return f
		}
		last = f
		time.Sleep(200 * time.Millisecond)
	}
}

// met waits until the observer has met a client, the n-th, and returns what that has got then, and
// in the time that it takes to say so.
func (x *watchedSwarm) met(n int, e *exchanger) fetched {
	x.t.Helper()
	x.until(e.kind+" is seen", func() bool { return len(x.observed().Peers) == n })
	time.Sleep(auditor.Settle)
	return x.fetched(e)
}

// within holds what the observer saw against what the client says: of whole pieces it saw all but
// one at most, and the rest of the payload are pieces that were not whole. head is what the client
// had when the observer had met it.
func (x *watchedSwarm) within(o *observation.Observation, e *exchanger, said, head fetched) {
	x.t.Helper()
	p := trial.PeerOf(x.t, o, e.addr)
	whole := min(uint64(said.pieces)*watchedPiece, x.torrent.Info.Total)
	if said.pieces == x.torrent.Info.Count() {
		require.Zero(x.t, p.Rest, e.kind)
	}
	require.LessOrEqual(x.t, p.Held, uint64(head.pieces)*watchedPiece, "%s: the head", e.kind)
	require.LessOrEqual(x.t, p.Held+p.Gained, whole, "%s: it is not overestimated", e.kind)
	require.LessOrEqual(x.t, whole, p.Held+p.Gained+watchedPiece, "%s: nor underestimated", e.kind)
	require.LessOrEqual(x.t, said.useful, p.SessionHigh, e.kind)
	require.GreaterOrEqual(x.t, said.useful+watchedPiece, p.Held+p.Low, e.kind)
	require.Zero(x.t, p.Doubted+uint64(p.Lost), e.kind)
}

// upTo holds what the observer saw of a client that left half-way against what the client said at
// the time of its last announcement: aria2 keeps haves back until it has twenty, or ten seconds
// have passed, so that there is a tail.
func (x *watchedSwarm) upTo(
	o *observation.Observation, out string, e *exchanger, samples []sample,
) {
	x.t.Helper()
	p := trial.PeerOf(x.t, o, e.addr)
	rows, err := parquet.ReadFile[observation.Sighting](filepath.Join(out,
		observation.SightingsFile))
	require.NoError(x.t, err)
	var last time.Duration
	for _, r := range rows {
		if o.Peers[r.Peer].Peer == e.addr && r.Event != "gone" {
			last = time.Duration(r.At)
		}
	}
	var m manifest.Manifest
	b, err := os.ReadFile(filepath.Join(out, manifest.File))
	require.NoError(x.t, err)
	require.NoError(x.t, json.Unmarshal(b, &m))
	seen := p.Held + p.Gained
	checked := 0
	for _, s := range samples {
		switch after := s.at.Sub(m.Started.Add(last)); {
		case after < -50*time.Millisecond:
			checked |= 1
			require.LessOrEqual(x.t, uint64(s.pieces)*watchedPiece, seen+watchedPiece, e.kind)
		case after > 50*time.Millisecond:
			checked |= 2
			require.GreaterOrEqual(x.t, uint64(s.pieces)*watchedPiece, seen, e.kind)
		}
	}
	require.Equal(x.t, 3, checked, "there are samples before and after")
	tail := uint64(samples[len(samples)-1].pieces)*watchedPiece - seen
	require.LessOrEqual(x.t, tail, uint64(20*watchedPiece), e.kind)
	require.Zero(x.t, p.Doubted+uint64(p.Lost), e.kind)
	x.t.Logf("%s: a tail of %s was not seen", e.kind, display.Volume(tail))
}

func (x *watchedSwarm) log(o *observation.Observation) {
	x.t.Logf("\n%s", auditor.Summary(o))
}

// observed is what our observer said last.
func (x *watchedSwarm) observed() *observation.Observation {
	x.t.Helper()
	o := &observation.Observation{}
	text := x.observer.out.String()
	lines := strings.Split(text[:strings.LastIndexByte(text, '\n')+1], "\n")
	if len(lines) > 1 {
		require.NoError(x.t, json.Unmarshal([]byte(lines[len(lines)-2]), o))
	}
	return o
}
