package metainfo

import "swarmlab/protocol/bencode"

// Limits of what is read and written.
const (
	// SizeMax is the size of a .torrent file or an info dictionary, in bytes.
	SizeMax = 48 << 20
	// PiecesMax is the number of pieces, as in libtorrent.
	PiecesMax = 1 << 21
	// PieceLengthMax is the length of a piece in bytes, as in libtorrent.
	PieceLengthMax = 32767 * 16384
	// NameMax is the length of the name of a file or folder in bytes, which disks share.
	NameMax = 255
	// DepthMax is the number of names in a path below the torrent's folder, as in libtorrent.
	DepthMax = 100
	// PathMax is the length of a path in bytes, the torrent's folder included. Systems end at
	// 4096, and need some of that for the folder that a download is given.
	PathMax = 2048
	// LinkMax is the length of a magnet link in bytes.
	LinkMax = 1 << 16
	// SelectMax is the highest number of a file that a magnet link may select, as in libtorrent.
	SelectMax = 10000
)

// form is what the scanner allows; the number of items bounds the number of files.
var form = bencode.Limits{Depth: 32, Items: 3000000}
