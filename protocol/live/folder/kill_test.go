package folder

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// killFolder names the folder in which a child of TestKill works.
const killFolder = "SWARMLAB_TEST_KILL_FOLDER"

// killContent has small files and large ones, and pieces of several blocks.
func killContent(t testing.TB) *content {
	return newContent(t, 8*blockSize, file{"a", 3_000_000}, file{"b/c", 10}, file{"b/d", 700_000},
		file{"e", 5_000_000})
}

// TestKillChild is the program that TestKill kills: it says each piece that it has finished.
func TestKillChild(t *testing.T) {
	dir := os.Getenv(killFolder)
	if dir == "" {
		t.Skip("it is a part of TestKill")
	}
	c := killContent(t)
	s, d, _ := download(t, c, dir)
	check(t, d)
	for _, piece := range seeded(uint64(os.Getpid())).Perm(int(c.info.Count())) {
		c.write(s, 3, uint32(piece), seeded(1))
		if s.Verify(0, 3, uint32(piece)) {
			fmt.Printf("finished %d\n", piece)
		}
	}
}

// What a program had finished that was killed without warning, at any instant, is found again.
func TestKill(t *testing.T) {
	c, dir := killContent(t), t.TempDir()
	finished := map[uint32]bool{}
	for run := range 4 {
		child := exec.Command(os.Args[0], "-test.run", "^TestKillChild$")
		child.Env = append(os.Environ(), killFolder+"="+dir)
		out, err := child.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, child.Start())
		lines, fresh := bufio.NewScanner(out), 0
		for lines.Scan() {
			var piece uint32
			if n, _ := fmt.Sscanf(lines.Text(), "finished %d", &piece); n == 1 {
				finished[piece] = true
				if fresh++; fresh == 10+run {
					require.NoError(t, child.Process.Kill())
				}
			}
		}
		require.Error(t, child.Wait(), "it was not killed")
		s, d, _ := download(t, c, dir)
		require.GreaterOrEqual(t, check(t, d), uint32(len(finished)))
		for piece := range finished {
			require.True(t, d.Good(piece), "run %d lost piece %d", run, piece)
		}
		require.NoError(t, s.Close())
	}
	require.Greater(t, len(finished), 10)
}
