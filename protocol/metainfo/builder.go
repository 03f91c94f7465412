package metainfo

import (
	"crypto/sha1"
	"fmt"
	"hash"
	"math"
	"slices"
	"strings"

	"swarmlab/protocol/bencode"
)

// Plan is what a torrent is to hold.
type Plan struct {
	Name   string // of the file, or of the folder of the files
	Folder bool   // otherwise there is one file, and its Path is not looked at
	Files  []File // their Path and Length, in the order of their bytes; Offset is not looked at

	PieceLength uint32 // in bytes; 0 leaves it to the rule PieceLength
	Private     bool
	Source      string

	Trackers  [][]string // as in Torrent; so are the others
	Nodes     []Endpoint
	WebSeeds  []string
	Comment   string
	CreatedBy string
	Created   int64
}

// The lengths of pieces that the rule chooses from, and how many pieces it wants at most.
const (
	pieceLengthLeast = 1 << 14
	pieceLengthMost  = 1 << 24
	piecesWanted     = 1 << 11
)

// PieceLength is the rule for the length of pieces: the smallest power of two from 16 KiB to 16 MiB
// with which a torrent of so many bytes has no more than 2048 pieces. The hashes then take at most
// 40 KiB, and a piece is known to be good soon.
func PieceLength(total uint64) uint32 {
	length := uint64(pieceLengthLeast)
	for length < pieceLengthMost && total > length*piecesWanted {
		length *= 2
	}
	return uint32(length)
}

// Builder makes a torrent of a plan and the bytes of its files.
type Builder struct {
	plan   Plan
	info   Info // without hashes at first
	piece  hash.Hash
	filled uint32 // bytes in the piece that is hashed
	left   uint64 // bytes to come
}

// NewBuilder checks a plan. The plan's slices are not to be changed until the end.
func NewBuilder(plan Plan) (*Builder, error) {
	b := &Builder{plan: plan, piece: sha1.New()}
	in := &b.info
	in.Name, in.Folder, in.Files = plan.Name, plan.Folder, slices.Clone(plan.Files)
	if !in.Folder {
		if len(in.Files) != 1 {
			return nil, fmt.Errorf("%d files without a folder; a torrent without one has one file",
				len(in.Files))
		}
		in.Files[0].Path = []string{in.Name}
	}
	if what := NameFault(in.Name); what != "" {
		return nil, fmt.Errorf("%.80q %s; rename it", in.Name, what)
	}
	if err := in.lay(); err != nil {
		return nil, err
	}
	for _, tier := range plan.Trackers {
		if len(tier) == 0 || slices.Contains(tier, "") {
			return nil, fmt.Errorf("a tier of trackers, or a tracker in it, is empty")
		}
	}
	if in.PieceLength = plan.PieceLength; in.PieceLength == 0 {
		in.PieceLength = PieceLength(in.Total)
	}
	if in.PieceLength > PieceLengthMax {
		return nil, fmt.Errorf("pieces of %d bytes are longer than the limit of %d", in.PieceLength,
			PieceLengthMax)
	}
	if n := (in.Total-1)/uint64(in.PieceLength) + 1; n > PiecesMax {
		return nil, fmt.Errorf("%d pieces of %d bytes are more than the limit of %d; make them "+
			"longer", n, in.PieceLength, PiecesMax)
	}
	b.left = in.Total
	return b, nil
}

// lay gives each file its place among the bytes of all.
func (in *Info) lay() error {
	for i := range in.Files {
		f := &in.Files[i]
		if err := f.checkNames(); err != nil {
			return err
		}
		if f.Length > math.MaxInt64-in.Total {
			return fmt.Errorf("the files have more than 2^63-1 bytes")
		}
		f.Offset = in.Total
		in.Total += f.Length
	}
	if in.Size() == 0 {
		return fmt.Errorf("there are no bytes in it; a torrent needs at least one")
	}
	return in.checkPlaces()
}

func (f *File) checkNames() error {
	path := strings.Join(f.Path, "/")
	if f.Pad {
		return nil
	}
	if len(f.Path) == 0 || len(f.Path) > DepthMax {
		return fmt.Errorf("%.200q: the path has %d names, and should have 1 to %d", path,
			len(f.Path), DepthMax)
	}
	for _, name := range f.Path {
		if what := NameFault(name); what != "" {
			return fmt.Errorf("%.200q: %.80q %s; rename it", path, name, what)
		}
	}
	return nil
}

// Left returns how many bytes are still to be written.
func (b *Builder) Left() uint64 { return b.left }

// Write takes the next bytes of the files, which follow each other without gaps; those of pad files
// are zeros. More bytes than planned are an error.
func (b *Builder) Write(p []byte) (n int, err error) {
	if uint64(len(p)) > b.left {
		return 0, fmt.Errorf("%d bytes more than the files should have", uint64(len(p))-b.left)
	}
	b.left -= uint64(len(p))
	for n = len(p); len(p) > 0; {
		part := p[:min(len(p), int(b.info.PieceLength-b.filled))]
		b.piece.Write(part)
		b.filled += uint32(len(part))
		p = p[len(part):]
		if b.filled == b.info.PieceLength || b.left == 0 && len(p) == 0 {
			b.info.Pieces = b.piece.Sum(b.info.Pieces)
			b.piece.Reset()
			b.filled = 0
		}
	}
	return n, nil
}

// Torrent returns the file. It is an error if bytes are missing, or if the file would be larger
// than what is read.
func (b *Builder) Torrent() ([]byte, error) {
	if b.left > 0 {
		return nil, fmt.Errorf("%d bytes of the files are missing", b.left)
	}
	file := b.plan.append(nil, b.appendInfo(nil))
	if len(file) > SizeMax {
		return nil, fmt.Errorf("the torrent would have %d bytes, and the limit is %d; make the "+
			"pieces longer, or take fewer files", len(file), SizeMax)
	}
	return file, nil
}

// appendInfo appends the info dictionary. Keys are in order.
func (b *Builder) appendInfo(dst []byte) []byte {
	in := &b.info
	dst = append(dst, 'd')
	if in.Folder {
		dst = append(bencode.AppendString(dst, "files"), 'l')
		for i := range in.Files {
			dst = in.Files[i].append(dst)
		}
		dst = append(dst, 'e')
	} else {
		dst = in.Files[0].appendAttributes(dst)
		dst = encodeNumber(dst, "length", int64(in.Files[0].Length))
	}
	dst = encodeText(dst, "name", in.Name)
	dst = encodeNumber(dst, "piece length", int64(in.PieceLength))
	dst = bencode.AppendBytes(bencode.AppendString(dst, "pieces"), in.Pieces)
	if b.plan.Private {
		dst = encodeNumber(dst, "private", 1)
	}
	return append(encodeText(dst, "source", b.plan.Source), 'e')
}

// append appends an entry of the list of files.
func (f *File) append(dst []byte) []byte {
	dst = f.appendAttributes(append(dst, 'd'))
	dst = encodeNumber(dst, "length", int64(f.Length))
	path := f.Path
	if f.Pad {
		path = []string{".pad", fmt.Sprint(f.Length)}
	}
	return append(encodeList(dst, "path", path), 'e')
}

func (f *File) appendAttributes(dst []byte) []byte {
	var letters []byte
	for _, a := range []struct {
		letter byte
		is     bool
	}{{'h', f.Hidden}, {'p', f.Pad}, {'x', f.Executable}} {
		if a.is {
			letters = append(letters, a.letter)
		}
	}
	return encodeText(dst, "attr", string(letters))
}

// append appends the whole file around an info dictionary. Keys are in order; one tracker alone has
// no list.
func (p *Plan) append(dst, info []byte) []byte {
	dst = append(dst, 'd')
	if len(p.Trackers) > 0 {
		dst = encodeText(dst, "announce", p.Trackers[0][0])
	}
	if len(p.Trackers) > 1 || len(p.Trackers) == 1 && len(p.Trackers[0]) > 1 {
		dst = append(bencode.AppendString(dst, "announce-list"), 'l')
		for _, tier := range p.Trackers {
			dst = encodeTexts(dst, tier)
		}
		dst = append(dst, 'e')
	}
	dst = encodeText(dst, "comment", p.Comment)
	dst = encodeText(dst, "created by", p.CreatedBy)
	if p.Created > 0 {
		dst = encodeNumber(dst, "creation date", p.Created)
	}
	dst = append(bencode.AppendString(dst, "info"), info...)
	if len(p.Nodes) > 0 {
		dst = append(bencode.AppendString(dst, "nodes"), 'l')
		for _, node := range p.Nodes {
			dst = bencode.AppendString(append(dst, 'l'), node.Host)
			dst = append(bencode.AppendInt(dst, int64(node.Port)), 'e')
		}
		dst = append(dst, 'e')
	}
	if len(p.WebSeeds) > 0 {
		dst = encodeList(dst, "url-list", p.WebSeeds)
	}
	return append(dst, 'e')
}
