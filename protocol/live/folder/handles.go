package folder

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
)

// disc is the part of os.File that is used once it is open.
type disc interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
}

// place is a file of a torrent.
type place struct {
	torrent *Torrent
	file    int
}

// handle is a file that is open. Those that nobody uses are in a list, the longest unused first.
type handle struct {
	place
	file       disc
	is         fs.FileInfo
	write      bool // can be written
	users      int
	stale      bool // another one has its place: closed by its last user
	prev, next *handle
}

// handles are the files that are open.
type handles struct {
	limit int
	wrap  func(disc) disc // of tests: what a file is seen through

	mu   sync.Mutex // guards the rest
	open map[place]*handle
	idle handle // the ends of the list
}

// take opens a file, if it is not open, and keeps it open until giveBack.
func (s *handles) take(p place, write bool) (*handle, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.open[p]
	if h != nil && (h.write || !write) {
		h.use()
		return h, nil
	}
	if h != nil {
		h.report(s.retire(h))
	}
	for len(s.open) >= s.limit && s.closeOldest() {
	}
	f, is, err := p.torrent.open(p.file, write)
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		for s.closeOldest() { // others need files, too
		}
		f, is, err = p.torrent.open(p.file, write)
	}
	if err != nil {
		return nil, err
	}
	h = &handle{place: p, file: f, is: is, write: write, users: 1}
	if s.wrap != nil {
		h.file = s.wrap(f)
	}
	s.open[p] = h
	return h, nil
}

// peek is take for a file that is open; otherwise it returns nil.
func (s *handles) peek(p place) *handle {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.open[p]
	if h != nil {
		h.use()
	}
	return h
}

// giveBack ends a use.
func (s *handles) giveBack(h *handle) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h.users--; h.users > 0 {
		return
	}
	if h.stale {
		h.report(h.shut())
		return
	}
	s.append(h)
	for len(s.open) > s.limit && s.closeOldest() {
	}
}

// append puts a handle at the end of the idle ones.
func (s *handles) append(h *handle) {
	end := &s.idle
	if end.next == nil {
		end.next, end.prev = end, end
	}
	h.prev, h.next = end.prev, end
	h.prev.next, end.prev = h, h
}

// use takes a handle from the idle ones.
func (h *handle) use() {
	if h.users++; h.users == 1 {
		h.unlink()
	}
}

func (h *handle) unlink() {
	h.prev.next, h.next.prev = h.next, h.prev
	h.prev, h.next = nil, nil
}

// closeOldest closes the file that was not used for the longest time, if there is one.
func (s *handles) closeOldest() bool {
	h := s.idle.next
	if h == nil || h == &s.idle {
		return false
	}
	h.report(s.retire(h))
	return true
}

// retire takes a handle out and closes it as soon as nobody uses it.
func (s *handles) retire(h *handle) error {
	delete(s.open, h.place)
	h.stale = true
	if h.users > 0 {
		return nil
	}
	h.unlink()
	return h.shut()
}

// shut closes a file. Of one that was written, some systems say only now what they have lost.
func (h *handle) shut() error {
	if err := h.file.Close(); err != nil && h.write {
		return fmt.Errorf("cannot close %s: %w; check its pieces again",
			h.torrent.name(h.place.file), plain(err))
	}
	return nil
}

// report makes an error of shut that of the torrent, outside the lock that the caller holds.
func (h *handle) report(err error) {
	if err != nil {
		go h.torrent.stop(err)
	}
}

// closeAll closes the files of a torrent and returns what went wrong.
func (s *handles) closeAll(t *Torrent) (all error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for file := range t.paths {
		if h := s.open[place{t, file}]; h != nil {
			all = errors.Join(all, s.retire(h))
		}
	}
	return all
}

// same says whether what is in the place of a file is still the file that is open.
func (h *handle) same() error {
	is, err := h.torrent.root.Lstat(filepath.FromSlash(h.torrent.paths[h.place.file]))
	if err == nil && !os.SameFile(is, h.is) {
		err = errSwapped
	}
	return err
}
