package broken

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"swarmlab/scenarios/results/staging"
)

// Disk fails at the n-th thing that it is asked to do.
type Disk struct {
	staging.RealDisk
	Fatal int      // n, from 1
	Log   []string // what failed, if anything did
	calls int
}

type file struct {
	staging.File
	disk *Disk
}

func (d *Disk) ask(what string) error {
	d.calls++
	if d.calls == d.Fatal {
		d.Log = append(d.Log, what)
		return fmt.Errorf("%s: %w", what, syscall.EIO)
	}
	return nil
}

// Create returns a file whose own calls count, too.
func (d *Disk) Create(dir, pattern string) (staging.File, error) {
	if err := d.ask("create"); err != nil {
		return nil, err
	}
	f, err := d.RealDisk.Create(dir, pattern)
	return file{f, d}, err
}

// Rename fails or renames.
func (d *Disk) Rename(from, to string) error {
	return errors.Join(d.ask("rename"), d.unless(func() error {
		return d.RealDisk.Rename(from, to)
	}))
}

// SyncFolder fails or does it.
func (d *Disk) SyncFolder(dir string) error {
	return errors.Join(d.ask("sync folder"), d.unless(func() error {
		return d.RealDisk.SyncFolder(dir)
	}))
}

func (d *Disk) unless(f func() error) error {
	if d.calls == d.Fatal {
		return nil
	}
	return f()
}

func (f file) Write(p []byte) (int, error) {
	if err := f.disk.ask("write"); err != nil {
		n, _ := f.File.Write(p[:len(p)/2]) // a short write
		return n, errors.Join(err, io.ErrShortWrite)
	}
	return f.File.Write(p)
}

func (f file) Chmod(mode os.FileMode) error {
	return errors.Join(f.disk.ask("chmod"), f.File.Chmod(mode))
}

func (f file) Sync() error { return errors.Join(f.disk.ask("sync"), f.File.Sync()) }

func (f file) Close() error { return errors.Join(f.disk.ask("close"), f.File.Close()) }
