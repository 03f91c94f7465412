package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// tempPrefix begins the names of all files that are not yet whole. Whoever owns the folder may
// remove them.
const tempPrefix = ".swarmlab-"

// disk is what it takes to put files in their place. Tests have one that fails.
type disk interface {
	create(dir, pattern string) (file, error)
	rename(from, to string) error
	// syncFolder makes the names in a folder last through a loss of power.
	syncFolder(dir string) error
}

// file is a file that is being written.
type file interface {
	io.WriteCloser
	Name() string
	Chmod(os.FileMode) error
	Sync() error
}

// realDisk is the operating system's.
type realDisk struct{}

func (realDisk) create(dir, pattern string) (file, error) { return os.CreateTemp(dir, pattern) }

func (realDisk) rename(from, to string) error { return os.Rename(from, to) }

func (realDisk) syncFolder(dir string) error {
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

// staging is a set of files that are written beside their places first, and moved there when all
// are whole: what was there before stays as it is until then.
type staging struct {
	disk disk
	dir  string
	temp []string
	name []string // of the same number, where it goes
}

// add writes a file, and what it holds is on the disk when it returns.
func (g *staging) add(name string, write func(io.Writer) error) (err error) {
	f, err := g.disk.create(g.dir, tempPrefix+name+"-*")
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

func (g *staging) addJSON(name string, v any) error {
	return g.add(name, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(v)
	})
}

func (g *staging) addBytes(name string, b []byte) error {
	return g.add(name, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// commit moves all files to their places, in the order in which they were added.
func (g *staging) commit() error {
	for n, temp := range g.temp {
		place := filepath.Join(g.dir, g.name[n])
		if err := g.disk.rename(temp, place); err != nil {
			return fmt.Errorf("%s: %w", place, err)
		}
	}
	g.temp, g.name = nil, nil
	return g.disk.syncFolder(g.dir)
}

// abandon removes what has not been moved. After a commit there is nothing.
func (g *staging) abandon() {
	for _, temp := range g.temp {
		os.Remove(temp)
	}
}

// removeUnfinished removes what a killed program left in a folder that is the caller's now.
func removeUnfinished(dir string) error {
	left, err := filepath.Glob(filepath.Join(escapeGlob(dir), tempPrefix+"*"))
	for _, name := range left {
		err = errors.Join(err, os.RemoveAll(name))
	}
	return err
}

// replace puts a file in its place when all of it is written, or leaves the old one.
func replace(dir, name string, write func(io.Writer) error) error {
	g := &staging{disk: realDisk{}, dir: dir}
	defer g.abandon()
	if err := g.add(name, write); err != nil {
		return err
	}
	return g.commit()
}

func replaceJSON(dir, name string, v any) error {
	g := &staging{disk: realDisk{}, dir: dir}
	defer g.abandon()
	if err := g.addJSON(name, v); err != nil {
		return err
	}
	return g.commit()
}

func replaceBytes(dir, name string, b []byte) error {
	return replace(dir, name, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}
