package unfinished

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results/staging"
)

// Folder holds the finished runs of an experiment that is under way, inside its results
// folder. It is there as long as the experiment is not at its end.
const Folder = "unfinished"

const (
	runEnding     = ".run"
	failureEnding = ".failed"
	damagedEnding = ".damaged" // put behind the name of a file that cannot be read
)

// Store keeps each finished run in a file of its own, on the disk before Put returns: whatever ends
// the program, the same command finds the run again. The name of the file is a hash of all that the
// run is a function of; so a run is found by what it is, and one of another scenario, seed or
// program is never taken for it.
//
// Its methods may be called from any goroutine.
type Store struct {
	disk     staging.Disk
	home     string // the results folder
	dir      string // StoreFolder in it
	build    string
	scenario string
	budget   string
	cells    []runHash
	lock     *os.File
	// Damaged names files that could not be read, under the names that they have now. Their runs
	// are done again.
	Damaged []string
	// Found is the number of runs that are there.
	Found int
}

// Holds tells whether there are runs in the store of a results folder, whoever's they are.
func Holds(home string) bool {
	for _, ending := range []string{runEnding, failureEnding} {
		stored, err := filepath.Glob(filepath.Join(staging.EscapeGlob(home), Folder,
			"*"+ending))
		if err == nil && len(stored) > 0 {
			return true
		}
	}
	return false
}

// Open opens the store of an experiment in its results folder, which it keeps to itself until
// Close. It refuses a folder that another program is writing to, and one that holds runs of
// another experiment, or of another build of the program: they are somebody's work.
func Open(home string, s *scenarios.Scenario, cells []scenarios.Cell) (*Store, error) {
	build, err := buildHash()
	if err != nil {
		return nil, fmt.Errorf("cannot read this program, by which runs are known: %w", err)
	}
	st := &Store{disk: staging.RealDisk{}, home: home, dir: filepath.Join(home, Folder),
		build:    build,
		scenario: s.Name, budget: fmt.Sprint(s.Budget), cells: make([]runHash, len(cells))}
	for n, cell := range cells {
		if st.cells[n], err = cellHash(build, cell); err != nil {
			return nil, err
		}
	}
	var ours bool
	if st.lock, ours, err = lock(home); err != nil {
		return nil, err
	}
	if !ours {
		return nil, fmt.Errorf("%s: another run is writing its results there; "+
			"wait for its end, or choose another folder with --out", home)
	}
	if err := st.inspect(s); err != nil {
		st.Close()
		return nil, err
	}
	return st, nil
}

// Close lets others have the folder.
func (st *Store) Close() error { return st.lock.Close() }

// inspect removes what a killed program had not yet finished to write, and looks at all that is
// left.
func (st *Store) inspect(s *scenarios.Scenario) error {
	for _, dir := range []string{st.home, st.dir} {
		if err := staging.RemoveUnfinished(dir); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(st.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || len(entries) == 0 {
		return err
	}
	expected := make(map[string]runHash, len(st.cells)*s.Repeat)
	for cell := range st.cells {
		for n := range s.Repeat {
			h := st.hash(cell, s.Seed+uint64(n))
			expected[h.fileName("")] = h
		}
	}
	var foreign []string
	for _, e := range entries {
		name, ending, _ := strings.Cut(e.Name(), ".")
		h, known := expected[name]
		switch "." + ending {
		case runEnding, failureEnding:
			if !known {
				foreign = append(foreign, e.Name())
			} else if err := st.check(e.Name(), h); err != nil {
				return err
			}
		case runEnding + damagedEnding, failureEnding + damagedEnding:
		default:
			return fmt.Errorf("%s: this is no file of swarmlab; move it away, "+
				"or choose another folder with --out", filepath.Join(st.dir, e.Name()))
		}
	}
	if len(foreign) > 0 {
		return st.refuse(foreign)
	}
	return nil
}

// check puts a file aside that cannot be read, or is not what its name says.
func (st *Store) check(name string, h runHash) error {
	path := filepath.Join(st.dir, name)
	head, err := readHead(path)
	if err == nil && head.Hash != h {
		err = errOtherName
	}
	if err == nil {
		st.Found++
		return nil
	}
	aside := path + damagedEnding
	if err := os.Rename(path, aside); err != nil {
		return err
	}
	st.Damaged = append(st.Damaged, fmt.Sprintf("%s: %v", aside, err))
	return nil
}

// refuse says whose runs those are that are not of this experiment.
func (st *Store) refuse(foreign []string) error {
	whose := "another experiment"
	head, err := readHead(filepath.Join(st.dir, foreign[0]))
	switch {
	case errors.Is(err, errOtherForm):
		whose = "another version of the program"
	case err != nil:
	case head.Build != st.build && head.Scenario == st.scenario:
		whose = fmt.Sprintf("%s by another build of the program", head.Scenario)
	case head.Scenario == st.scenario:
		whose = fmt.Sprintf("%s with other settings or seeds", head.Scenario)
	default:
		whose = "scenario " + head.Scenario
	}
	runs := "1 finished run"
	if len(foreign) > 1 {
		runs = fmt.Sprintf("%d finished runs", len(foreign))
	}
	return fmt.Errorf("%s holds %s of %s; repeat the command that made them, choose another "+
		"folder with --out, or remove %s to lose them", st.dir, runs, whose, st.dir)
}

func (st *Store) hash(cell int, seed uint64) runHash { return st.cells[cell].withSeed(seed) }

// Find returns a run that is stored, without its rows, or the failure that it ended with under the
// same budget, or neither.
func (st *Store) Find(cell int, seed uint64) (*findings.Run, *findings.Failure) {
	if st.Found == 0 {
		return nil, nil
	}
	h := st.hash(cell, seed)
	for _, ending := range []string{runEnding, failureEnding} {
		path := filepath.Join(st.dir, h.fileName(ending))
		head, err := readHead(path)
		switch {
		case err != nil || head.Hash != h:
		case head.Run != nil:
			head.Run.Cell = cell
			head.Run.Keep(&kept{path, head.Rows})
			return head.Run, nil
		case head.Budget == st.budget:
			head.Failure.Cell = cell
			return nil, head.Failure
		}
	}
	return nil, nil
}

// Put stores a run and returns it without its rows, which stay on the disk.
func (st *Store) Put(run *findings.Run) (*findings.Run, error) {
	light := run.Light()
	head := &storedHead{Run: light, Rows: storedCounts(run.Counts())}
	path, err := st.put(head, run, runEnding, run.Cell, run.Seed)
	if err != nil {
		return nil, err
	}
	light.Keep(&kept{path, head.Rows})
	return light, nil
}

// PutFailure stores what kept a run from its end: it is not tried again.
func (st *Store) PutFailure(f findings.Failure) error {
	head := &storedHead{Failure: &f, Budget: st.budget}
	_, err := st.put(head, &findings.Run{}, failureEnding, f.Cell, f.Seed)
	return err
}

func (st *Store) put(
	head *storedHead, run *findings.Run, ending string, cell int, seed uint64,
) (path string, err error) {
	head.Hash, head.Build, head.Scenario = st.hash(cell, seed), st.build, st.scenario
	sections, err := encodeRun(head, run)
	if err != nil {
		return "", err
	}
	if err := st.makeFolder(); err != nil {
		return "", err
	}
	name := head.Hash.fileName(ending)
	g := staging.New(st.disk, st.dir)
	defer g.Abandon()
	err = g.Add(name, func(w io.Writer) error { return writeSections(w, sections) })
	if err != nil {
		return "", err
	}
	return filepath.Join(st.dir, name), g.Commit()
}

func (st *Store) makeFolder() error {
	err := os.Mkdir(st.dir, 0o755)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return st.disk.SyncFolder(st.home)
}

// Discard removes the runs, when all that they were kept for is written.
func (st *Store) Discard() error {
	aside := filepath.Join(st.home, staging.TempPrefix+Folder)
	err := os.Rename(st.dir, aside) // so that a killed program leaves all of it or nothing
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.RemoveAll(aside)
}
