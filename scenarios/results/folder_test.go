package results

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/findings/made"
	"swarmlab/scenarios/results/crawls"
	"swarmlab/scenarios/results/manifest"
	"swarmlab/scenarios/results/staging/broken"
	"swarmlab/scenarios/results/targets"
	"swarmlab/scenarios/results/unfinished"
)

// TestStoredRunsMakeTheSameFiles: what is written from the disk is what is written from memory.
func TestStoredRunsMakeTheSameFiles(t *testing.T) {
	home, memory := t.TempDir(), t.TempDir()
	s, cells := made.Experiment(t)
	direct := &Outcome{Scenario: s, Cells: cells}
	st, err := unfinished.Open(home, s, cells)
	require.NoError(t, err)
	for cell := range 2 {
		for seed := range uint64(2) {
			run := made.Run(cell, seed+1, 50)
			direct.Runs = append(direct.Runs, run)
			light, err := st.Put(run)
			require.NoError(t, err)
			require.Empty(t, light.Lookups, "the rows are not in memory")
			require.Empty(t, light.Buckets)
			require.Empty(t, light.Records)
			require.Len(t, run.Lookups, 50, "the caller's run is untouched")
		}
	}
	require.NoError(t, st.Close())
	summary, err := Write(memory, direct, time.Now())
	require.NoError(t, err)
	require.Len(t, summary.Targets, 2)
	for _, target := range summary.Targets { // so that they are compared, too
		require.NotEqual(t, targets.NotMeasured, target.Verdict)
		require.NotNil(t, target.CI95)
	}

	st, err = unfinished.Open(home, s, cells)
	require.NoError(t, err)
	t.Cleanup(func() { st.Close() })
	require.Equal(t, 4, st.Found)
	o := &Outcome{Scenario: s, Cells: cells}
	for cell := range 2 {
		for seed := range uint64(2) {
			run, failure := st.Find(cell, seed+1)
			require.Nil(t, failure)
			whole, err := run.Whole()
			require.NoError(t, err)
			whole.Checkpoints, err = run.CheckpointRows()
			require.NoError(t, err)
			require.Equal(t, made.Run(cell, seed+1, 50), whole)
			o.Runs = append(o.Runs, run)
		}
	}
	_, err = Write(home, o, time.Now())
	require.NoError(t, err)
	require.NoError(t, st.Discard())
	require.Equal(t, made.Files(t, memory), made.Files(t, home))
}

// TestFailingDiskUnderTheResults fails each call of a replacement in turn: as long as no file was
// moved to its place, all that was there before is there still, and then the manifest is not.
func TestFailingDiskUnderTheResults(t *testing.T) {
	s, cells := made.Experiment(t)
	old := &Outcome{Scenario: s, Cells: cells, Runs: []*findings.Run{made.Run(0, 1, 5)}}
	now := &Outcome{Scenario: s, Cells: cells, Runs: []*findings.Run{made.Run(0, 2, 5)}}
	dir := t.TempDir()
	kept := 0
	for fatal := 1; ; fatal++ {
		_, err := Write(dir, old, time.Now())
		require.NoError(t, err)
		before := made.Files(t, dir)
		d := &broken.Disk{Fatal: fatal}
		_, err = write(d, dir, now, time.Now())
		left, globErr := filepath.Glob(filepath.Join(dir, ".*"))
		require.NoError(t, globErr)
		require.Empty(t, left)
		if len(d.Log) == 0 {
			require.NoError(t, err)
			break
		}
		require.ErrorIs(t, err, syscall.EIO)
		switch d.Log[0] {
		case "rename":
			require.NoFileExists(t, filepath.Join(dir, manifest.File))
		case "sync folder":
			require.FileExists(t, filepath.Join(dir, manifest.File))
		default:
			kept++
			require.Equal(t, before, made.Files(t, dir))
			require.FileExists(t, filepath.Join(dir, manifest.File))
		}
	}
	require.Equal(t, 60, kept, "calls before the first rename: twelve files, and what each takes")
}

// TestWriteTellsOfDamagedRuns: what goes bad after it was stored is an error with a mend, and no
// summary.
func TestWriteTellsOfDamagedRuns(t *testing.T) {
	home := t.TempDir()
	s, cells := made.Experiment(t)
	st, err := unfinished.Open(home, s, cells)
	require.NoError(t, err)
	t.Cleanup(func() { st.Close() })
	run, err := st.Put(made.Run(0, 1, 5))
	require.NoError(t, err)
	stored, err := filepath.Glob(filepath.Join(home, unfinished.Folder, "*"))
	require.NoError(t, err)
	require.Len(t, stored, 1)
	require.NoError(t, os.Truncate(stored[0], 500))
	_, err = Write(home, &Outcome{Scenario: s, Cells: cells, Runs: []*findings.Run{run}},
		time.Now())
	require.ErrorContains(t, err, "damaged: it is cut short; run the same command again")
	require.NoFileExists(t, filepath.Join(home, SummaryFile))
}

// TestACrawlIsNoExperiment: a crawl's folder may be replaced by results, but not be run again.
func TestACrawlIsNoExperiment(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, crawls.Write(dir, &crawls.Crawl{Ended: "complete"}, time.Now()))
	require.True(t, Holds(dir))
	require.NoError(t, Claim(dir))
	_, err := Open(dir)
	require.ErrorContains(t, err, "holds a crawl of a real network")
}
