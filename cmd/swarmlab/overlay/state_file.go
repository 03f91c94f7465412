package overlay

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"swarmlab/cmd/swarmlab/claim"
)

// stateFile is the file in which a node keeps its state from one run to the next. Whoever has
// opened it holds it: two nodes with one file would have one id, and overwrite each other's.
type stateFile struct {
	name string
	held *os.File // the file as it is now, locked; nil before the first one is written
}

// openStateFile takes the file and returns what it holds; nil if there is none yet.
func openStateFile(name string) (*stateFile, []byte, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return &stateFile{name: name}, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	var b []byte
	if err = claim.Lock(file); err == nil {
		b, err = io.ReadAll(io.LimitReader(file, stateMost))
	}
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return &stateFile{name, file}, b, nil
}

// stateMost is more than any state has: what a file has beyond makes it no state anyway.
const stateMost = 1 << 20

// write replaces the content, wholly or not at all.
func (f *stateFile) write(b []byte) error {
	next, err := os.CreateTemp(filepath.Dir(f.name), filepath.Base(f.name)+".*")
	if err != nil {
		return fmt.Errorf("cannot keep %s: %w", f.name, err)
	}
	if err = claim.Lock(next); err == nil {
		_, err = next.Write(b)
	}
	if err == nil {
		err = next.Sync()
	}
	if err == nil {
		err = os.Rename(next.Name(), f.name)
	}
	if err != nil {
		next.Close()
		os.Remove(next.Name())
		return fmt.Errorf("cannot keep %s: %w", f.name, err)
	}
	f.close()
	f.held = next
	return nil
}

// close lets others have the file.
func (f *stateFile) close() {
	if f.held != nil {
		f.held.Close()
		f.held = nil
	}
}
