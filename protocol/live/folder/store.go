package folder

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"

	"swarmlab/protocol"
	"swarmlab/protocol/metainfo"
)

// Store is the torrents of one group of cores. It is what package swarm calls a Store.
type Store struct {
	failed func(content uint32, err error)
	files  handles
	hands  sync.Pool // of *hasher

	mu       sync.RWMutex // guards the map
	torrents map[uint32]*Torrent
}

// New returns a store without torrents that keeps up to open files open. When a torrent cannot go
// on, failed is told once, perhaps in the middle of a turn: it must not wait for the node.
func New(open int, failed func(content uint32, err error)) *Store {
	if open < 1 {
		panic(fmt.Sprintf("folder: %d open files; one is the least", open))
	}
	return &Store{
		failed: failed, torrents: make(map[uint32]*Torrent),
		files: handles{limit: open, open: make(map[place]*handle)},
		hands: sync.Pool{New: newHasher},
	}
}

// Seed adds a torrent whose files are in dir, to be read. The core knows it as content, which must
// be below protocol.Junk and free.
func (s *Store) Seed(content uint32, info *metainfo.Info, dir string) (*Torrent, error) {
	return s.add(content, info, dir, false)
}

// Download adds a torrent whose files are to be in dir, which is made if need be, as are files of
// no length. What is in it already is left as it is.
func (s *Store) Download(content uint32, info *metainfo.Info, dir string) (*Torrent, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("cannot make the folder %s: %w; choose another one", dir, plain(err))
	}
	return s.add(content, info, dir, true)
}

func (s *Store) add(content uint32, info *metainfo.Info, dir string, write bool) (*Torrent, error) {
	paths, err := info.Paths(disk())
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot open the folder %s: %w", dir, plain(err))
	}
	t := &Torrent{
		store: s, content: content, info: info, dir: dir, root: root, paths: paths, write: write,
		good: make([]bool, info.Count()),
	}
	if err := t.survey(); err != nil {
		root.Close()
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if content >= protocol.Junk || s.torrents[content] != nil {
		panic(fmt.Sprintf("folder: %d cannot be the number of another torrent", content))
	}
	s.torrents[content] = t
	return t, nil
}

// disk is which names the disks of this system can hold.
func disk() metainfo.Disk {
	switch runtime.GOOS {
	case "windows":
		return metainfo.WindowsDisk
	case "darwin", "ios":
		return metainfo.FoldingDisk
	}
	return metainfo.UnixDisk
}

// torrent returns the torrent of a number.
func (s *Store) torrent(content uint32) *Torrent {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.torrents[content]
}

// Remove forgets a torrent and closes its files. An error means that the system could not keep
// what it had accepted before.
func (s *Store) Remove(content uint32) error {
	s.mu.Lock()
	t := s.torrents[content]
	delete(s.torrents, content)
	s.mu.Unlock()
	if t == nil {
		return nil
	}
	t.failure.CompareAndSwap(nil, &failure{errRemoved})
	return errors.Join(t.root.Close(), s.files.closeAll(t)) // in this order: none is opened again
}

// Close removes all torrents.
func (s *Store) Close() (all error) {
	s.mu.RLock()
	var contents []uint32
	for content := range s.torrents {
		contents = append(contents, content)
	}
	s.mu.RUnlock()
	for _, content := range contents {
		all = errors.Join(all, s.Remove(content))
	}
	return all
}

// ReadBody fills p with bytes of a torrent: see [protocol.Contents].
func (s *Store) ReadBody(b protocol.Body, p []byte) error {
	t := s.torrent(b.Content &^ protocol.Junk)
	if t == nil {
		return errRemoved
	}
	if err := t.read(b.Offset, p); err != nil {
		return err
	}
	if b.Content&protocol.Junk != 0 {
		for k := range p {
			p[k] = ^p[k]
		}
	}
	return nil
}

// Write puts a block, or a part of one, into its files. The chunk must be bytes within the piece. A
// piece that is good already is left alone.
func (s *Store) Write(_ uint32, content, piece, begin uint32, ch protocol.Chunk) {
	t := s.torrent(content)
	if t == nil || t.good[piece] {
		return
	}
	if ch.Body.Length > 0 || uint64(begin)+uint64(len(ch.Bytes)) > uint64(t.info.PieceSize(piece)) {
		panic(fmt.Sprintf("folder: %d bytes at %d of piece %d, and a body of %d: bytes within the "+
			"piece are needed", len(ch.Bytes), begin, piece, ch.Body.Length))
	}
	t.writeAt(uint64(piece)*uint64(t.info.PieceLength)+uint64(begin), ch.Bytes)
}

// Verify reads a piece back and reports whether its hash is right.
func (s *Store) Verify(_ uint32, content, piece uint32) bool {
	t := s.torrent(content)
	if t == nil {
		return false
	}
	return t.verify(piece)
}

// plain takes the operation and the path from an error, which our own text names.
func plain(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
