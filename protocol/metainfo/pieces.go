package metainfo

import "slices"

// Count returns the number of pieces, at least 1.
func (in *Info) Count() uint32 { return uint32(len(in.Pieces) / HashSize) }

// PieceSize returns the bytes of a piece below Count: PieceLength, but for the last, which may be
// shorter.
func (in *Info) PieceSize(piece uint32) uint32 {
	start := uint64(piece) * uint64(in.PieceLength)
	return uint32(min(uint64(in.PieceLength), in.Total-start))
}

// PieceHash returns the hash of a piece below Count; do not write to it.
func (in *Info) PieceHash(piece uint32) []byte {
	return in.Pieces[piece*HashSize : (piece+1)*HashSize : (piece+1)*HashSize]
}

// Segment is a run of bytes within one file.
type Segment struct {
	File   int    // its index in Info.Files; mind that it may be a pad file
	Offset uint64 // of the first byte in the file
	Length uint64 // at least 1
}

// Segments walks a run of bytes through the files it lies in, in order.
type Segments struct {
	files    []File
	next     int // file
	at, left uint64
}

// Segments returns the walk of length bytes from an offset among those of all files. What is
// outside the torrent is left out. It does not allocate.
func (in *Info) Segments(offset, length uint64) Segments {
	if offset >= in.Total {
		return Segments{}
	}
	// The last file that starts here or before: files of no length before it hold nothing.
	n, found := slices.BinarySearchFunc(in.Files, offset+1, func(f File, at uint64) int {
		if f.Offset < at {
			return -1
		}
		return 1
	})
	if found || n == 0 {
		panic("metainfo: the first file does not start at 0")
	}
	return Segments{in.Files, n - 1, offset, min(length, in.Total-offset)}
}

// Block returns the walk of a part of a piece.
func (in *Info) Block(piece, begin, length uint32) Segments {
	return in.Segments(uint64(piece)*uint64(in.PieceLength)+uint64(begin), uint64(length))
}

// Next returns the next segment; ok is false at the end.
func (s *Segments) Next() (seg Segment, ok bool) {
	for s.left > 0 {
		f := &s.files[s.next]
		s.next++
		within := s.at - f.Offset
		if within >= f.Length {
			continue
		}
		seg = Segment{s.next - 1, within, min(s.left, f.Length-within)}
		s.at += seg.Length
		s.left -= seg.Length
		return seg, true
	}
	return Segment{}, false
}

// FilePieces returns the pieces that a file lies in, first up to but without end. A file of no
// length lies in none: both are the same then, and may be Count.
func (in *Info) FilePieces(file int) (first, end uint32) {
	f := &in.Files[file]
	first = uint32(f.Offset / uint64(in.PieceLength))
	if f.Length == 0 {
		return first, first
	}
	return first, uint32((f.Offset+f.Length-1)/uint64(in.PieceLength)) + 1
}
