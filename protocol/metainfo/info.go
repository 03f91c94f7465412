package metainfo

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
)

// HashSize is the size of an infohash and of the hash of a piece in bytes.
const HashSize = sha1.Size

// Hash is an infohash.
type Hash [HashSize]byte

// String returns the 40 hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Info is an info dictionary: what a torrent consists of. Do not change it.
type Info struct {
	Hash   Hash
	Raw    []byte // the exact bytes, which hash to Hash
	Name   string // of the file, or of the folder of the files
	Folder bool   // there is a folder, even if only one file is in it
	Files  []File
	Total  uint64 // bytes in all pieces, pad files included; less than 1<<63

	PieceLength uint32 // of every piece but the last, in bytes; 1..PieceLengthMax
	Pieces      []byte // the hashes of the pieces, HashSize bytes each

	Private bool   // peers come from the trackers of the file only (BEP 27)
	Source  string // a mark of who published it, which makes another infohash; mostly empty
}

// File is a file of a torrent.
type File struct {
	Path   []string // names of the folders below the torrent's, and of the file; nil if Pad
	Length uint64
	Offset uint64 // of the first byte among those of all files

	Pad        bool // zeros that are never written to a disk (BEP 47)
	Executable bool
	Hidden     bool
}

// ParseInfo reads the bytes of an info dictionary, which must have the infohash want.
func ParseInfo(raw []byte, want Hash) (*Info, error) {
	if got := Hash(sha1.Sum(raw)); got != want {
		return nil, wrong("", -1, "the infohash of these bytes is %v, and %v was asked for", got,
			want)
	}
	if err := checkForm(raw, "info dictionary"); err != nil {
		return nil, err
	}
	return readInfo(newRecord(raw, 0, "info"))
}

// readInfo reads a dictionary whose form was checked. It keeps a copy.
func readInfo(r record) (*Info, error) {
	if err := checkVersion(r); err != nil {
		return nil, err
	}
	in := &Info{Hash: sha1.Sum(r.raw), Raw: bytes.Clone(r.raw)}
	if err := in.readName(r); err != nil {
		return nil, err
	}
	if err := in.readFiles(r); err != nil {
		return nil, err
	}
	if err := in.readPieces(r); err != nil {
		return nil, err
	}
	private := int64(0)
	if raw, _ := r.value("private"); raw != nil && raw[0] == 'i' { // all else means public
		if err := r.decode("private", "a number", &private); err != nil {
			return nil, err
		}
	}
	in.Private = private == 1
	return in, r.decode("source", "a string", &in.Source)
}

// checkVersion refuses everything but version 1. It comes first: a newer version may have other
// rules for all the rest.
func checkVersion(r record) error {
	raw, at := r.value("meta version")
	if raw == nil {
		if _, at := r.value("file tree"); r.has("file tree") {
			return wrong(r.path("file tree"), at,
				"is of version 2, but there is no meta version"+wrongly)
		}
		return nil
	}
	var version int64
	if err := r.decode("meta version", "a number", &version); err != nil {
		return err
	}
	key, is := r.path("meta version"), "this is a torrent of version 2 (BEP 52)"
	switch {
	case version < 2:
		return wrong(key, at, "is %d, and should be absent or 2"+wrongly, version)
	case version > 2:
		is = "this is a torrent of a newer version than is known"
	case r.has("pieces") || r.has("length") || r.has("files"):
		is = "this is a hybrid torrent of versions 1 and 2 (BEP 52)"
	}
	return unsupported(key, at, is)
}

func (in *Info) readName(r record) error {
	key := "name.utf-8"
	if !r.has(key) {
		key = "name"
	}
	raw, at := r.value(key)
	if raw == nil {
		return r.missing(key)
	}
	if err := r.decode(key, "a string", &in.Name); err != nil {
		return err
	}
	if what := NameFault(in.Name); what != "" {
		return wrong(r.path(key), at, "%.80q %s"+badName, in.Name, what)
	}
	return nil
}

// readPieces reads the length and the hashes of the pieces, whose number follows from the files.
func (in *Info) readPieces(r record) error {
	length := int64(0)
	if !r.has("piece length") {
		return r.missing("piece length")
	}
	if err := r.decode("piece length", "a number", &length); err != nil {
		return err
	}
	if length < 1 || length > PieceLengthMax {
		_, at := r.value("piece length")
		return wrong(r.path("piece length"), at, "%d is outside 1 to %d"+wrongly, length,
			PieceLengthMax)
	}
	in.PieceLength = uint32(length)
	var hashes string // not bytes, into which zeebo would decode a list of numbers, too
	if err := r.decode("pieces", "a string", &hashes); err != nil {
		return err
	}
	in.Pieces = []byte(hashes)
	if !r.has("pieces") {
		return r.missing("pieces")
	}
	_, at := r.value("pieces")
	need := (in.Total-1)/uint64(length) + 1
	switch {
	case need > PiecesMax:
		return wrong(r.path("pieces"), at, "%d pieces would be needed for %d bytes, and the limit "+
			"is %d; make it with longer pieces", need, in.Total, PiecesMax)
	case uint64(len(in.Pieces)) != need*HashSize:
		return wrong(r.path("pieces"), at, "has %d bytes, and %d pieces of %d bytes for %d bytes "+
			"need %d"+wrongly, len(in.Pieces), need, length, in.Total,
			need*HashSize)
	}
	return nil
}

// Size returns the bytes that end up on a disk: those of all files but the pad files.
func (in *Info) Size() (n uint64) {
	for i := range in.Files {
		if !in.Files[i].Pad {
			n += in.Files[i].Length
		}
	}
	return n
}
