package unfinished

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/findings/made"
	"swarmlab/scenarios/results/staging"
	"swarmlab/scenarios/results/staging/broken"
	"swarmlab/sim"
)

// pathOf is where a run is stored.
func pathOf(st *Store, run *findings.Run) string {
	return filepath.Join(st.dir, st.hash(run.Cell, run.Seed).fileName(runEnding))
}

func openStore(t *testing.T, home string, change ...string) (*Store, error) {
	s, cells := made.Experiment(t, change...)
	st, err := Open(home, s, cells)
	if err == nil {
		t.Cleanup(func() { st.Close() })
	}
	return st, err
}

// TestEveryFlippedBitIsFound: and every cut, and every addition.
func TestEveryFlippedBitIsFound(t *testing.T) {
	home := t.TempDir()
	st, err := openStore(t, home)
	require.NoError(t, err)
	light, err := st.Put(made.Run(1, 2, 1))
	require.NoError(t, err)
	path := pathOf(st, light)
	good, err := os.ReadFile(path)
	require.NoError(t, err)
	try := func(b []byte) error {
		_, err := headOf(b)
		return err
	}
	require.NoError(t, try(good))
	for bit := range 8 * len(good) {
		b := append([]byte{}, good...)
		b[bit/8] ^= 1 << (bit % 8)
		if try(b) == nil {
			require.Fail(t, "not found", "bit %d", bit)
		}
	}
	for length := range good {
		require.Error(t, try(good[:length]), "cut to %d", length)
	}
	require.ErrorIs(t, try(append(good, 0)), errTooLong)
}

// TestQuietSecondsTakeLittleRoom: most seconds of a long run change few nodes, and its file
// must not grow by a whole checkpoint for each of them.
func TestQuietSecondsTakeLittleRoom(t *testing.T) {
	st, err := openStore(t, t.TempDir())
	require.NoError(t, err)
	run := made.Run(0, 1, 0)
	r := rand.New(rand.NewPCG(3, 4))
	syndrome := make([]uint32, 256)
	for n := range syndrome {
		syndrome[n] = r.Uint32()
	}
	run.Checkpoints = nil
	const seconds, whole = 5000, 256 * 4
	for n := range seconds {
		syndrome[r.IntN(128)], syndrome[128+r.IntN(128)] = r.Uint32(), r.Uint32()
		run.Checkpoints = append(run.Checkpoints, sim.Checkpoint{Second: n,
			Fingerprint: sim.Fingerprint{Events: r.Uint64(), Wire: r.Uint64()},
			Syndrome:    slices.Clone(syndrome)})
	}
	light, err := st.Put(run)
	require.NoError(t, err)
	info, err := os.Stat(pathOf(st, light))
	require.NoError(t, err)
	require.Less(t, info.Size(), int64(seconds*whole/8))
	again, err := light.CheckpointRows()
	require.NoError(t, err)
	require.Equal(t, run.Checkpoints, again)
}

// TestDamagedRunsAreDoneAgain: they are put aside under another name, and nobody else is harmed.
func TestDamagedRunsAreDoneAgain(t *testing.T) {
	home := t.TempDir()
	st, err := openStore(t, home)
	require.NoError(t, err)
	good, err := st.Put(made.Run(0, 1, 5))
	require.NoError(t, err)
	bad, err := st.Put(made.Run(0, 2, 5))
	require.NoError(t, err)
	renamed, err := st.Put(made.Run(1, 1, 5))
	require.NoError(t, err)
	require.NoError(t, os.Truncate(pathOf(st, bad), 500))
	b, err := os.ReadFile(pathOf(st, good))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(pathOf(st, renamed), b, 0o644))
	half := filepath.Join(st.dir, staging.TempPrefix+"half")
	require.NoError(t, os.WriteFile(half, b[:10], 0o644))
	st.Close()

	st, err = openStore(t, home)
	require.NoError(t, err)
	require.Equal(t, 1, st.Found)
	require.Len(t, st.Damaged, 2)
	require.Contains(t, strings.Join(st.Damaged, "\n"), pathOf(st, bad)+damagedEnding+": it is cut")
	require.Contains(t, strings.Join(st.Damaged, "\n"), errOtherName.Error())
	require.NoFileExists(t, half)
	run, failure := st.Find(0, 2)
	require.Nil(t, run)
	require.Nil(t, failure)
	_, err = st.Put(made.Run(0, 2, 5))
	require.NoError(t, err)
	st.Close()
	st, err = openStore(t, home)
	require.NoError(t, err)
	require.Equal(t, 2, st.Found)

	// A run that goes bad after it was found is an error with a mend, not a wrong figure.
	run, _ = st.Find(0, 1)
	require.NoError(t, os.Truncate(pathOf(st, run), 500))
	_, err = run.Whole()
	require.ErrorContains(t, err, "damaged: it is cut short; run the same command again")
}

// TestForeignRunsAreRefused: they are somebody's work, and nothing is changed.
func TestForeignRunsAreRefused(t *testing.T) {
	home := t.TempDir()
	st, err := openStore(t, home)
	require.NoError(t, err)
	_, err = st.Put(made.Run(0, 1, 5))
	require.NoError(t, err)
	_, err = openStore(t, home)
	require.ErrorContains(t, err, "another run is writing its results there")
	st.Close()
	before := made.Files(t, home)
	for name, c := range map[string]struct{ path, value, want string }{
		"setting":  {"groups.nodes.dht.k", "16", "made with other settings or seeds"},
		"seed":     {"seed", "7", "made with other settings or seeds"},
		"scenario": {"name", "other", ""},
		"study":    {"study.cost", "lookup.messages", ""},
		"target":   {"targets.0.tolerance", "3", ""},
	} {
		st, err := openStore(t, home, c.path, c.value)
		if c.want == "" { // no setting that a run depends on
			require.NoError(t, err, name)
			require.Equal(t, 1, st.Found)
			st.Close()
			continue
		}
		require.ErrorContains(t, err, "1 finished run of "+c.want, name)
		require.ErrorContains(t, err, "choose another folder with --out, or remove", name)
		require.Equal(t, before, made.Files(t, home), name)
	}
	st, err = openStore(t, home, "repeat", "5")
	require.NoError(t, err, "more of the same")
	require.Equal(t, 1, st.Found)

	// The same by another program.
	st.build = "another"
	for n := range st.cells {
		st.cells[n] = runHash{byte(n)}
	}
	_, err = st.Put(made.Run(0, 2, 5))
	require.NoError(t, err)
	st.Close()
	_, err = openStore(t, home)
	require.ErrorContains(t, err, "1 finished run of made by another build of the program")

	// And in a form that is no longer read.
	path := filepath.Join(home, Folder, strings.Repeat("0", 32)+runEnding)
	require.NoError(t, os.WriteFile(path, []byte("swarmlab run 1\n..."), 0o644))
	_, err = openStore(t, home)
	require.ErrorContains(t, err, "2 finished runs of another version of the program; repeat")

	require.NoError(t, os.WriteFile(filepath.Join(home, Folder, "thesis.tex"), nil, 0o644))
	_, err = openStore(t, home)
	require.ErrorContains(t, err, "thesis.tex: this is no file of swarmlab")
}

func TestFailuresAreStored(t *testing.T) {
	home := t.TempDir()
	st, err := openStore(t, home)
	require.NoError(t, err)
	f := findings.Failure{Cell: 1, Seed: 2, Error: "panic: broken"}
	require.NoError(t, st.PutFailure(f))
	st.Close()
	st, err = openStore(t, home)
	require.NoError(t, err)
	run, found := st.Find(1, 2)
	require.Nil(t, run)
	require.Equal(t, &f, found)
	st.budget = "another"
	_, found = st.Find(1, 2)
	require.Nil(t, found, "with another budget it may come out otherwise")
}

// TestFailingDiskUnderTheStore fails each call in turn: a run is stored whole, or not at all.
func TestFailingDiskUnderTheStore(t *testing.T) {
	seen := map[string]bool{}
	for fatal := 1; ; fatal++ {
		home := t.TempDir()
		st, err := openStore(t, home)
		require.NoError(t, err)
		_, err = st.Put(made.Run(0, 1, 5))
		require.NoError(t, err)
		d := &broken.Disk{Fatal: fatal}
		st.disk = d
		_, err = st.Put(made.Run(0, 2, 5))
		st.Close()
		again, openErr := openStore(t, home)
		require.NoError(t, openErr)
		require.Empty(t, again.Damaged)
		run, _ := again.Find(0, 1)
		require.NotNil(t, run, "what was there before")
		if len(d.Log) == 0 {
			require.NoError(t, err)
			require.Equal(t, 2, again.Found)
			break
		}
		require.ErrorIs(t, err, syscall.EIO, d.Log)
		for _, what := range d.Log {
			seen[what] = true
		}
		left, err := filepath.Glob(filepath.Join(home, Folder, ".*"))
		require.NoError(t, err)
		require.Empty(t, left)
	}
	require.Len(t, seen, 7, seen)
}
