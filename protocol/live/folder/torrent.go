package folder

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync/atomic"
	"syscall"

	"swarmlab/protocol/metainfo"
)

// Torrent is a torrent in its folder.
type Torrent struct {
	store   *Store
	content uint32
	info    *metainfo.Info
	dir     string
	root    *os.Root
	paths   []string // of the files below the folder, with slashes
	write   bool
	failure atomic.Pointer[failure]
	good    []bool // by piece: found to be right, and never to be written again
}

type failure struct{ err error }

var (
	errOnlyRead = errors.New("it is there to be seeded only; start it as a download")
	errRemoved  = errors.New("the torrent has been removed")
	errLink     = errors.New("it is a symbolic link, and links are not followed; remove it")
	errPlain    = errors.New("it is no plain file; move it away")
	errSwapped  = errors.New("it was removed or replaced while it was in use; start again, so " +
		"that all pieces are checked")
)

// Good reports whether a piece was found right, by Check or Verify. The core's turns and Check
// change it: ask between them.
func (t *Torrent) Good(piece uint32) bool { return t.good[piece] }

// Err returns why the torrent cannot go on; nil if it can.
func (t *Torrent) Err() error {
	if f := t.failure.Load(); f != nil {
		return f.err
	}
	return nil
}

// name is how messages call a file.
func (t *Torrent) name(file int) string {
	return filepath.Join(t.dir, filepath.FromSlash(t.paths[file]))
}

// fail says what went wrong with a file, and how to mend it.
func (t *Torrent) fail(file int, doing string, err error) error {
	mend := ""
	switch {
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		mend = "; make room and start again: what is finished stays"
	case errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS):
		mend = "; the folder must be one in which this user can write"
		if !t.write {
			mend = "; the file must be one that this user can read"
		}
	case errors.Is(err, fs.ErrNotExist):
		mend = "; it has been there, or should be: put it back, or download it again"
	case errors.Is(err, io.EOF):
		err = errors.New("it is shorter than the torrent's file")
	}
	return t.stop(fmt.Errorf("cannot %s %s: %w%s", doing, t.name(file), plain(err), mend))
}

// stop makes the first error final, and returns the one that is.
func (t *Torrent) stop(err error) error {
	if !t.failure.CompareAndSwap(nil, &failure{err}) {
		return t.Err()
	}
	t.store.failed(t.content, err)
	return err
}

// survey looks at what is in the places of files, and makes the files of no length.
func (t *Torrent) survey() error {
	for file, name := range t.paths {
		if name == "" {
			continue
		}
		is, err := t.root.Lstat(filepath.FromSlash(name))
		length := t.info.Files[file].Length
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if t.write && length == 0 {
				err = t.create(file)
			} else {
				err = nil
			}
		case err == nil:
			if err = t.suits(is); err == nil && uint64(is.Size()) > length {
				err = fmt.Errorf("it has %d bytes, and the torrent's file has %d; move it away, "+
					"or choose another folder", is.Size(), length)
			}
		}
		if err != nil {
			return fmt.Errorf("cannot use %s: %w", t.name(file), plain(err))
		}
	}
	return nil
}

// suits says what is wrong with something in the place of a file.
func (t *Torrent) suits(is fs.FileInfo) error {
	switch {
	case is.Mode().Type() == fs.ModeSymlink:
		return errLink
	case !is.Mode().IsRegular():
		return errPlain
	}
	return nil
}

// create makes a file of no length.
func (t *Torrent) create(file int) error {
	f, err := t.make(file)
	if err != nil {
		return err
	}
	return f.Close()
}

// make creates a file that is not there, and the folders it lies in.
func (t *Torrent) make(file int) (*os.File, error) {
	name := t.paths[file]
	if folder := path.Dir(name); folder != "." {
		if err := t.root.MkdirAll(filepath.FromSlash(folder), 0o777); err != nil {
			return nil, err
		}
	}
	mode := fs.FileMode(0o666)
	if t.info.Files[file].Executable {
		mode = 0o777
	}
	return t.root.OpenFile(filepath.FromSlash(name), os.O_RDWR|os.O_CREATE|os.O_EXCL, mode)
}

// find opens a file that is there and nothing but a plain file. What it is found to be is compared
// with what is opened, as somebody may put another thing there in between.
func (t *Torrent) find(file, flags int) (*os.File, fs.FileInfo, error) {
	name := filepath.FromSlash(t.paths[file])
	seen, err := t.root.Lstat(name)
	if err != nil {
		return nil, nil, err
	}
	if err := t.suits(seen); err != nil {
		return nil, nil, err
	}
	f, err := t.root.OpenFile(name, flags|nonblock, 0)
	if err != nil {
		return nil, nil, err
	}
	is, err := f.Stat()
	if err == nil && !os.SameFile(seen, is) {
		err = errSwapped
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, is, nil
}

// open opens a file to be read, or also written; then it is made if it is not there, and gets its
// full length.
func (t *Torrent) open(file int, write bool) (*os.File, fs.FileInfo, error) {
	flags := os.O_RDONLY
	if write {
		flags = os.O_RDWR
	}
	f, is, err := t.find(file, flags)
	if write && errors.Is(err, fs.ErrNotExist) {
		if f, err = t.make(file); err == nil {
			is, err = f.Stat()
		}
	}
	if err == nil && write && uint64(is.Size()) < t.info.Files[file].Length {
		err = f.Truncate(int64(t.info.Files[file].Length))
	}
	if err != nil {
		if f != nil {
			f.Close()
		}
		return nil, nil, err
	}
	return f, is, nil
}

// read fills p from the files.
func (t *Torrent) read(offset uint64, p []byte) error {
	if offset+uint64(len(p)) > t.info.Total {
		return fmt.Errorf("%d bytes at %d of a torrent of %d", len(p), offset, t.info.Total)
	}
	if err := t.Err(); err != nil {
		return err
	}
	file, err := t.fetch(offset, p)
	if err != nil {
		return t.fail(file, "read", err)
	}
	return nil
}

// fetch fills p from the files and returns the one at which that failed.
func (t *Torrent) fetch(offset uint64, p []byte) (file int, err error) {
	walk := t.info.Segments(offset, uint64(len(p)))
	for s, ok := walk.Next(); ok; s, ok = walk.Next() {
		part := p[:s.Length]
		p = p[s.Length:]
		if t.info.Files[s.File].Pad {
			clear(part)
			continue
		}
		h, err := t.store.files.take(place{t, s.File}, false)
		if err != nil {
			return s.File, err
		}
		_, err = h.file.ReadAt(part, int64(s.Offset))
		t.store.files.giveBack(h)
		if err != nil {
			return s.File, err
		}
	}
	return 0, nil
}

// writeAt puts bytes into the files.
func (t *Torrent) writeAt(offset uint64, p []byte) {
	if t.Err() != nil {
		return
	}
	walk := t.info.Segments(offset, uint64(len(p)))
	for s, ok := walk.Next(); ok; s, ok = walk.Next() {
		part := p[:s.Length]
		p = p[s.Length:]
		if t.info.Files[s.File].Pad {
			continue
		}
		if !t.write {
			t.fail(s.File, "write", errOnlyRead)
			return
		}
		h, err := t.store.files.take(place{t, s.File}, true)
		if err == nil {
			_, err = h.file.WriteAt(part, int64(s.Offset))
			t.store.files.giveBack(h)
		}
		if err != nil {
			t.fail(s.File, "write", err)
			return
		}
	}
}
