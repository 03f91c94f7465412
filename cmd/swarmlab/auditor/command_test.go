package auditor

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/torrents"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/scenarios/results/observation"
)

// watching is an audit that runs until it is ended, and what it says now.
type watching struct {
	*trial.Running
	dir string
}

func startAudit(t *testing.T, what string, args ...string) *watching {
	t.Helper()
	w := &watching{dir: filepath.Join(t.TempDir(), "audit")}
	w.Running = trial.Background(t, NewCommand(), append([]string{what, "--out", w.dir},
		args...)...)
	return w
}

// until waits until the audit says what is wanted.
func (w *watching) until(
	what string, is func(o *observation.Observation) bool,
) (o observation.Observation) {
	w.T.Helper()
	require.Eventually(w.T, func() bool {
		if len(w.Lines()) == 0 {
			return false
		}
		o = observation.Observation{}
		w.Last(&o)
		return is(&o)
	}, 20*time.Second, 10*time.Millisecond, "%s", what)
	return o
}

// finish ends the audit as a user does who has not said when, and returns what it stored.
func (w *watching) finish() *observation.Observation {
	w.T.Helper()
	code, err := w.End()
	require.NoError(w.T, err)
	require.Zero(w.T, code)
	o := trial.Observation(w.T, w.dir)
	require.Equal(w.T, command.EndedByCaller, o.Ended)
	var told observation.Observation
	w.Last(&told)
	require.Equal(w.T, o, &told, "what is printed is what is stored")
	checkObservation(w.T, w.dir, o)
	return o
}

// checkObservation holds a folder against itself: the sums, and the sightings, which seen once more
// by somebody else make the same.
func checkObservation(t *testing.T, dir string, o *observation.Observation) {
	t.Helper()
	var sums observation.Sums
	var gave uint64
	for _, p := range o.Peers {
		sums.Held += p.Held
		sums.Gained += p.Gained
		sums.Low += p.Low
		sums.High += p.High
		sums.Doubted += p.Doubted
		sums.Rest += p.Rest
		gave += p.Gave
		require.LessOrEqual(t, p.Low, p.Gained)
		require.LessOrEqual(t, p.Gained, p.High)
		require.LessOrEqual(t, p.First, p.Last)
	}
	require.Equal(t, o.Sums, sums)
	require.Equal(t, o.Gained, gave+o.Orphans, "every byte came from somebody, or from nobody")

	rows, err := parquet.ReadFile[observation.Sighting](filepath.Join(dir,
		observation.SightingsFile))
	require.NoError(t, err)
	again, err := audit.NewWatch(audit.WatchConfig{Pieces: o.Pieces, PieceLength: o.PieceLength,
		Last:     uint32(o.Size - uint64(o.Pieces-1)*uint64(o.PieceLength)),
		Parallel: o.Parallel, FastestBytesPerSec: o.Fastest, Settle: Settle, PeersMax: 1000})
	require.NoError(t, err)
	for _, r := range rows {
		at, u := protocol.Time(r.At), audit.User(r.Peer)
		switch r.Event {
		case "field":
			again.Bitfield(at, u, r.Field)
		case "have":
			again.Have(at, u, uint32(r.Piece))
		case "lacks":
			again.DontHave(at, u, uint32(r.Piece))
		case "gone":
			again.Lost(at, u)
		}
	}
	for n, e := range again.Estimates(nil) {
		p := &o.Peers[n]
		require.Equal(t, []uint64{p.Held, p.Gained, p.Doubted, p.Rest, uint64(p.Gaps),
			uint64(p.Lost)}, []uint64{e.Held, e.Gained, e.Doubted, e.Rest, uint64(e.Gaps),
			uint64(e.Lost)}, p.Peer)
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 5)
}

// fetchedBy downloads slowly and seeds for a while. Its report comes when it ends.
func fetchedBy(l *trial.Load, file string, args ...string) <-chan torrents.TransferReport {
	report := make(chan torrents.TransferReport, 1)
	dir := filepath.Join(l.T.TempDir(), "new")
	go func() {
		defer close(report)
		out, code, err := trial.Run(context.Background(), torrents.NewCommand(),
			append([]string{"download", file, "--dir", dir, "--json",
				"--max-down", "1MiB", "--seed-for", "2s"}, args...)...)
		if err == nil && code == command.Done {
			var r torrents.TransferReport
			if json.Unmarshal([]byte(out), &r) == nil {
				report <- r
			}
		}
	}()
	return report
}

// TestAudit watches our own clients, whose tallies are known.
func TestAudit(t *testing.T) {
	for _, transport := range []string{"udp", "http"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			tracker := trial.Background(t, torrents.NewCommand(), "tracker", "--"+transport,
				"127.0.0.1:0").Spoken()
			var k torrents.TrackerReport
			tracker.Last(&k)
			l := trial.NewLoad(t, 3, torrents.NewCommand)
			file, tor := l.Torrent("--tracker", k.Addresses[0])
			_, seed := l.Seeding(file, "--listen", "127.0.0.1:0")
			require.Eventually(t, func() bool { tracker.Last(&k); return k.Seeds == 1 },
				10*time.Second, 10*time.Millisecond)
			w := startAudit(t, file, "--listen", "127.0.0.1:0")
			w.until("the seed is seen", func(o *observation.Observation) bool {
				return o.Seeds == 1
			})
			downloads := []<-chan torrents.TransferReport{
				fetchedBy(l, file, "--listen", "127.0.0.1:0"),
				fetchedBy(l, tor.Magnet().String(), "--listen", "127.0.0.1:0")}
			w.until("both are complete", func(o *observation.Observation) bool {
				return o.Completed == 2
			})
			o := w.finish()
			require.Len(t, o.Peers, 3)
			require.Equal(t, seed, o.Peers[0].Peer)
			require.Equal(t, "swarmlab 0.0.0.1", o.Peers[0].Client)
			require.Zero(t, o.Peers[0].Gained)
			for _, d := range downloads {
				r, ok := <-d
				require.True(t, ok)
				p := trial.PeerOf(t, o, r.Address)
				require.Equal(t, r.All.Useful, p.Held+p.Gained, "to the byte")
				require.Less(t, p.Held, uint64(2<<20), "of the first second")
				require.LessOrEqual(t, p.Low, r.All.Useful)
				require.GreaterOrEqual(t, p.SessionHigh, r.All.Useful)
				require.Zero(t, uint64(p.Lost)+p.Doubted+p.Rest)
			}
			require.Len(t, o.Scrapes, 2)
			first, last := o.Scrapes[0], o.Scrapes[1]
			require.Equal(t, []uint32{1, 0, 0, 0},
				[]uint32{first.Seeders, first.Leechers, first.Completed, first.Us})
			require.Equal(t, []uint32{3, 1, 2, 1},
				[]uint32{last.Seeders, last.Leechers, last.Completed, last.Us})
			require.EqualValues(t, 1, *o.Share)
			report, err := os.ReadFile(filepath.Join(w.dir, observation.ReportFile))
			require.NoError(t, err)
			require.Contains(t, string(report), "complete 1 → 3, incomplete 0, downloads "+
				"completed 0 → 2\n")

			code, err := trial.RunTo(t.Context(), NewCommand(), io.Discard, file, "--out", w.dir)
			require.Equal(t, command.Refused, code)
			require.ErrorContains(t, err, "holds results already")
		})
	}
}

// TestAuditByLink: the metadata come from a peer, by IPv6, too; and the audit ends by itself.
func TestAuditByLink(t *testing.T) {
	for _, host := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			l := trial.NewLoad(t, 1, torrents.NewCommand)
			file, tor := l.Torrent()
			_, at := l.Seeding(file, "--listen", host)
			var out trial.Output
			dir := filepath.Join(t.TempDir(), "a", "b")
			code, err := trial.RunTo(t.Context(), NewCommand(), &out, tor.Magnet().String(),
				"--peer", at, "--duration", "700ms", "--out", dir)
			require.NoError(t, err)
			require.Zero(t, code)
			o := trial.Observation(t, dir)
			checkObservation(t, dir, o)
			require.Equal(t, command.EndedInTime, o.Ended)
			require.Equal(t, at, o.Peers[0].Peer)
			require.True(t, o.Peers[0].Seed)
			require.Nil(t, o.Share)
			require.Regexp(t, `^load: 1\.01 MiB in 17 pieces, observed for 0\.\d+ s
peers     1 seen, 1 connected; 1 with everything at first, 0 completed since; 1 address known
gained    0 B \(between 0 B and 0 B\)
not seen  0 B that leechers had when first met, at most 0 B that they lacked when last seen

peer +program +has +gained +at least +at most +before +gaps +seen for
.* +swarmlab 0\.0\.0\.1 +100 % +0 B +0 B +0 B +1\.01 MiB +0 +0\.\d+ s
.*/b holds report\.md, peers\.csv, sightings\.parquet and audit\.json\n$`, out.String())
		})
	}
}

// TestAuditOfNobody: nobody is there, or nobody has the metadata: nothing is left behind.
func TestAuditOfNobody(t *testing.T) {
	l := trial.NewLoad(t, 1, torrents.NewCommand)
	file, tor := l.Torrent()
	for what, want := range map[string]string{
		file:                  "no peer was met, nothing is stored: is anybody in the swarm",
		tor.Magnet().String(): "the metadata of the link did not come within 100ms",
	} {
		parent := t.TempDir()
		code, err := trial.RunTo(t.Context(), NewCommand(), io.Discard, what, "--listen",
			"127.0.0.1:0", "--for", "100ms", "--out", filepath.Join(parent, "a", "b"))
		require.Equal(t, command.Failed, code)
		require.ErrorContains(t, err, want)
		entries, err := os.ReadDir(parent)
		require.NoError(t, err)
		require.Empty(t, entries)
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		code, err = trial.RunTo(ctx, NewCommand(), io.Discard, what, "--listen", "127.0.0.1:0",
			"--for", "1h", "--out", filepath.Join(parent, "a"))
		cancel()
		require.Equal(t, command.Interrupted, code)
		require.ErrorContains(t, err, "interrupted before any peer was met")
	}
}

// TestUnreachableTrackersAreNamed: who met nobody is told which trackers did not answer, and why.
func TestUnreachableTrackersAreNamed(t *testing.T) {
	c, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	gone := c.Addr().String()
	require.NoError(t, c.Close())
	s := &scraper{urls: []string{"http://" + gone + "/announce", "http://" + gone + "/x"}}
	text := troubles(s.scrape(t.Context(), time.Minute))
	require.Contains(t, text, "; tracker http://"+gone+"/announce: connection refused;")
	require.Contains(t, text, "/x: it cannot be scraped: its URL does not end in announce")
}

// TestAuditInterrupted: Ctrl-C before the time is up keeps what was seen, and says so.
func TestAuditInterrupted(t *testing.T) {
	l := trial.NewLoad(t, 1, torrents.NewCommand)
	file, _ := l.Torrent()
	_, at := l.Seeding(file, "--listen", "127.0.0.1:0")
	w := startAudit(t, file, "--peer", at, "--for", "1h")
	w.until("the seed is seen", func(o *observation.Observation) bool { return o.Seeds == 1 })
	code, err := w.End()
	require.Equal(t, command.Interrupted, code)
	require.EqualError(t, err, "interrupted: what was seen is in "+w.dir)
	checkObservation(t, w.dir, trial.Observation(t, w.dir))
}

// TestAuditKilled kills an audit (kill -9) while somebody downloads. Started again, it goes on: the
// peers come back, with a gap, and nothing is lost.
func TestAuditKilled(t *testing.T) {
	l := trial.NewLoad(t, 4, torrents.NewCommand)
	file, _ := l.Torrent()
	_, at := l.Seeding(file, "--listen", "127.0.0.1:0")
	dir, name := filepath.Join(t.TempDir(), "audit"), trial.Program(t)
	leecher := trial.VacantAddress(t)
	start := func() *exec.Cmd {
		c := exec.Command(name, "audit", file, "--peer", at, "--peer", leecher, "--out", dir,
			"--quiet")
		require.NoError(t, c.Start())
		t.Cleanup(func() { c.Process.Kill(); c.Wait() })
		return c
	}
	until := func(is func(o *observation.Observation) bool) {
		require.Eventually(t, func() bool { return is(journalled(dir)) }, 20*time.Second,
			20*time.Millisecond)
	}
	first := start()
	until(func(o *observation.Observation) bool { return o.Seen == 1 })
	download := fetchedBy(l, file, "--peer", at, "--listen", leecher)
	until(func(o *observation.Observation) bool { return o.Gained > 0 })
	busy, err := trial.RunTo(t.Context(), NewCommand(), io.Discard, file, "--out", dir)
	require.Equal(t, command.Refused, busy)
	require.ErrorContains(t, err, "another audit is running there")
	require.NoError(t, first.Process.Kill())
	first.Wait()
	before := journalled(dir)
	require.Zero(t, before.Completed)
	second := start()
	until(func(o *observation.Observation) bool { return o.Completed == 1 })
	require.NoError(t, second.Process.Signal(syscall.SIGINT))
	require.NoError(t, second.Wait())
	o := trial.Observation(t, dir)
	checkObservation(t, dir, o)
	require.Equal(t, 1, o.Resumed)
	require.Len(t, o.Peers, 2)
	r, ok := <-download
	require.True(t, ok)
	p := trial.PeerOf(t, o, leecher)
	require.EqualValues(t, 1, p.Gaps)
	require.Equal(t, 2, p.Sessions)
	require.Greater(t, p.Gained, trial.PeerOf(t, before, leecher).Gained)
	require.Equal(t, r.All.Useful, p.Held+p.Gained)
}

// TestAuditConnections: it is connected with no more peers than it may.
func TestAuditConnections(t *testing.T) {
	l := trial.NewLoad(t, 1, torrents.NewCommand)
	file, _ := l.Torrent()
	args := []string{"--connections", "2"}
	for range 4 {
		_, at := l.Seeding(file, "--listen", "127.0.0.1:0")
		args = append(args, "--peer", at)
	}
	w := startAudit(t, file, args...)
	o := w.until("two are seen", func(o *observation.Observation) bool {
		require.LessOrEqual(t, o.Now, 2)
		return o.Now == 2 && o.Known == 4
	})
	require.Equal(t, 2, o.Seeds)
	w.finish()
}

// TestAuditOverLines is what is told where there is no terminal.
func TestAuditOverLines(t *testing.T) {
	l := trial.NewLoad(t, 1, torrents.NewCommand)
	file, _ := l.Torrent()
	_, at := l.Seeding(file, "--listen", "127.0.0.1:0")
	c := NewCommand()
	var out, lines trial.Output
	c.SetArgs([]string{file, "--peer", at, "--for", "300ms", "--every", "50ms", "--out",
		filepath.Join(t.TempDir(), "x")})
	c.SetOut(&out)
	c.SetErr(&lines)
	require.NoError(t, c.ExecuteContext(t.Context()))
	require.Contains(t, lines.String(), "0:00: 1 of 1 peer connected, 0 B gained\n")
	require.Contains(t, out.String(), "observed for 0.3")
}

// journalled is what is in the journal of an audit that runs.
func journalled(out string) *observation.Observation {
	j := &journal{}
	b, err := os.ReadFile(journalName(out))
	lines := strings.Split(string(b), "\n")
	if err != nil || json.Unmarshal([]byte(lines[0]), &j.head) != nil {
		return &observation.Observation{} // not there yet
	}
	book, err := newBook(j.head.subject)
	for n := 1; err == nil && n < len(lines)-1; n++ {
		err = j.read([]byte(lines[n]), book)
	}
	if err != nil {
		panic(err)
	}
	return book.observation()
}
