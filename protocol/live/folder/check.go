package folder

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"runtime"
	"sync"
	"sync/atomic"
)

// checkers is how many pieces are checked at a time at most.
const checkers = 8

// right reads a piece and reports whether its hash is right, and otherwise the file that could not
// be read.
func (t *Torrent) right(piece uint32) (ok bool, file int, err error) {
	h := t.store.hands.Get().(*hasher)
	defer t.store.hands.Put(h)
	h.reset()
	at := uint64(piece) * uint64(t.info.PieceLength)
	for left := t.info.PieceSize(piece); left > 0; {
		p := h.buffer[:min(left, stride)]
		if file, err := t.fetch(at, p); err != nil {
			return false, file, err
		}
		h.add(p)
		at += uint64(len(p))
		left -= uint32(len(p))
	}
	return h.is(t.info.PieceHash(piece)), 0, nil
}

// verify is Verify of one torrent.
func (t *Torrent) verify(piece uint32) bool {
	if t.Err() != nil {
		return false
	}
	ok, file, err := t.right(piece)
	if err != nil {
		t.fail(file, "read", err)
		return false
	}
	if ok && t.write {
		if file, err := t.inPlace(piece); err != nil {
			t.fail(file, "keep", err)
			return false
		}
	}
	t.good[piece] = t.good[piece] || ok
	return ok
}

// inPlace reports whether those files of a piece that are open are still where they belong: one
// that was removed while it is open could be read and written for ever, in vain.
func (t *Torrent) inPlace(piece uint32) (file int, err error) {
	walk := t.info.Block(piece, 0, t.info.PieceSize(piece))
	for s, ok := walk.Next(); ok; s, ok = walk.Next() {
		if t.info.Files[s.File].Pad {
			continue
		}
		h := t.store.files.peek(place{t, s.File})
		if h == nil {
			continue
		}
		err := h.same()
		t.store.files.giveBack(h)
		if err != nil {
			return s.File, err
		}
	}
	return 0, nil
}

// Check reads all pieces and reports how many are good, which Good then knows. What is not there,
// or not all, is not good; it is no error. After each piece, progress is called with the number of
// those that were read; it may be nil. It ends early with the context's error. It must not overlap
// the core's turns.
func (t *Torrent) Check(ctx context.Context, progress func(checked uint32)) (uint32, error) {
	var (
		good    uint32
		all     sync.WaitGroup
		next    atomic.Uint32
		mu      sync.Mutex // guards the rest
		checked uint32
		total   = t.info.Count()
	)
	for range min(checkers, runtime.GOMAXPROCS(0)) {
		all.Go(func() {
			for piece := next.Add(1) - 1; piece < total; piece = next.Add(1) - 1 {
				if ctx.Err() != nil || t.Err() != nil {
					return
				}
				ok := t.found(piece)
				mu.Lock()
				checked++
				t.good[piece] = ok
				if ok {
					good++
				}
				if progress != nil {
					progress(checked)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return good, errors.Join(ctx.Err(), t.Err())
}

// found reports whether a piece is there and right. That files are missing or short is no fault.
func (t *Torrent) found(piece uint32) bool {
	ok, file, err := t.right(piece)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, io.EOF) {
		t.fail(file, "read", err)
	}
	return ok
}
