package staging

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// TempPrefix begins the names of all files that are not yet whole. Whoever owns the folder may
// remove them.
const TempPrefix = ".swarmlab-"

// Disk is what it takes to put files in their place. Tests have one that fails: package broken.
type Disk interface {
	Create(dir, pattern string) (File, error)
	Rename(from, to string) error
	// SyncFolder makes the names in a folder last through a loss of power.
	SyncFolder(dir string) error
}

// File is a file that is being written.
type File interface {
	io.WriteCloser
	Name() string
	Chmod(os.FileMode) error
	Sync() error
}

// RealDisk is the operating system's.
type RealDisk struct{}

// Create makes a file with a name that nobody has; the star of the pattern stands for any text.
func (RealDisk) Create(dir, pattern string) (File, error) { return os.CreateTemp(dir, pattern) }

// Rename replaces what is there.
func (RealDisk) Rename(from, to string) error { return os.Rename(from, to) }

// SyncFolder does nothing where the system cannot.
func (RealDisk) SyncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return err
	}
	return nil
}

// Set is files that are written beside their places first, and moved there when all are whole: what
// was there before stays as it is until then.
type Set struct {
	disk Disk
	dir  string
	temp []string
	name []string // of the same number, where it goes
}

// New begins a set of files of a folder.
func New(d Disk, dir string) *Set { return &Set{disk: d, dir: dir} }

// Add writes a file, and what it holds is on the disk when it returns.
func (g *Set) Add(name string, write func(io.Writer) error) (err error) {
	f, err := g.disk.Create(g.dir, TempPrefix+name+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
			err = fmt.Errorf("%s: %w", filepath.Join(g.dir, name), err)
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	g.temp, g.name = append(g.temp, f.Name()), append(g.name, name)
	return nil
}

// AddJSON adds a document, indented.
func (g *Set) AddJSON(name string, v any) error {
	return g.Add(name, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(v)
	})
}

// AddBytes adds a file that is in memory.
func (g *Set) AddBytes(name string, b []byte) error {
	return g.Add(name, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// Commit moves all files to their places, in the order in which they were added.
func (g *Set) Commit() error {
	for n, temp := range g.temp {
		place := filepath.Join(g.dir, g.name[n])
		if err := g.disk.Rename(temp, place); err != nil {
			return fmt.Errorf("%s: %w", place, err)
		}
	}
	g.temp, g.name = nil, nil
	return g.disk.SyncFolder(g.dir)
}

// Abandon removes what has not been moved. After a commit there is nothing.
func (g *Set) Abandon() {
	for _, temp := range g.temp {
		os.Remove(temp)
	}
}

// RemoveUnfinished removes what a killed program left in a folder that is the caller's now.
func RemoveUnfinished(dir string) error {
	left, err := filepath.Glob(filepath.Join(EscapeGlob(dir), TempPrefix+"*"))
	for _, name := range left {
		err = errors.Join(err, os.RemoveAll(name))
	}
	return err
}

// Replace puts a file in its place when all of it is written, or leaves the old one.
func Replace(dir, name string, write func(io.Writer) error) error {
	g := New(RealDisk{}, dir)
	defer g.Abandon()
	if err := g.Add(name, write); err != nil {
		return err
	}
	return g.Commit()
}

// ReplaceJSON does so with a document, indented.
func ReplaceJSON(dir, name string, v any) error {
	g := New(RealDisk{}, dir)
	defer g.Abandon()
	if err := g.AddJSON(name, v); err != nil {
		return err
	}
	return g.Commit()
}

// ReplaceBytes does so with a file that is in memory.
func ReplaceBytes(dir, name string, b []byte) error {
	return Replace(dir, name, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// EscapeGlob makes a path that stands for itself in a pattern.
func EscapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
