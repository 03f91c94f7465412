package unfinished

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"sync"

	"swarmlab/scenarios"
	"swarmlab/scenarios/results/manifest"
)

// runHash names a run by all that it is a function of: the scenario of its cell, the contents of
// the files that the scenario reads, the seed, and the program. Where it is the same, so is the
// run.
type runHash [sha256.Size]byte

// fileName is where a run, or what kept it from its end, is stored.
func (h runHash) fileName(ending string) string { return hex.EncodeToString(h[:16]) + ending }

// cellHash hashes a cell without what only says how it is told of, how often it is repeated, or
// when it is given up.
func cellHash(build string, cell scenarios.Cell) (runHash, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%s\n", manifest.Version, build)
	s, err := cell.Scenario.Gather(func(file, name string) error {
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		defer f.Close()
		size, err := io.Copy(sum, f)
		fmt.Fprintf(sum, "\n%s %d\n", name, size)
		return err
	})
	if err != nil {
		return runHash{}, err
	}
	s.Name, s.Title, s.Seed, s.Repeat, s.Figures = "cell", "", 1, 1, nil
	s.Budget, s.Until, s.Study = scenarios.Budget{}, scenarios.Until{}, scenarios.Study{}
	s.Targets = nil
	sum.Write(s.Resolved())
	return runHash(sum.Sum(nil)), nil
}

// withSeed is the hash of the cell's run with that seed.
func (h runHash) withSeed(seed uint64) runHash {
	return sha256.Sum256(binary.LittleEndian.AppendUint64(h[:], seed))
}

// buildHash identifies this build of the program by its own file: two builds of one version may
// still do different things.
var buildHash = sync.OnceValues(func() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
})
