// Package metainfo reads and writes what tells one torrent from another: .torrent files (BEP 3, 5,
// 12, 19, 27, 47), the info dictionary that peers hand to each other (BEP 9), and magnet links
// (BEP 9, 53). It is about version 1 of the format. Torrents of version 2 (BEP 52), and hybrids of
// both, are recognised and refused: see [Error].
//
// # Reading
//
// [Parse] reads a whole file, [ParseInfo] the info dictionary alone, against the hash under which
// it was asked for, and [ParseMagnet] a link. Whoever has only a link starts with its Hash, asks
// peers for the info dictionary, gives those bytes to ParseInfo, and from then on knows as much as
// with the file. What was read keeps no reference to the bytes given.
//
// Bytes are distrusted. Before anything is decoded, the scanner of package bencode has checked all
// of them: their form, which must be canonical, their depth, and that every length is there. Only
// then github.com/zeebo/bencode sees single values, whose kind is known. So the time and memory
// that an input takes are in proportion to its size, which has a limit: [SizeMax].
//
// The infohash is the SHA-1 of the exact bytes of the info dictionary as they came, never of an
// encoding of ours.
//
// Unknown keys are ignored. Keys that are known have to be what they should be. One thing is read
// that BEP 3 does not know: name.utf-8 and path.utf-8 win over name and path.
//
// # Pieces, blocks and files
//
// All files, one after the other and without gaps, are one run of bytes, cut into pieces of
// [Info.PieceLength]. A piece, or a part of it, may lie in several files: [Info.Segments] walks
// them without allocating. Files of no length own no byte and no piece. Pad files (BEP 47) are
// zeros that were put there so that the next file starts with a piece: their bytes count in the
// run, they are served and hashed like others, and they are never written to a disk.
//
// # Names
//
// Names come from strangers. A file or folder whose name could lead out of the folder that a
// download is given, or hide what it is, is not renamed but refused, with the whole torrent: names
// that are empty, . or .., absolute, a drive, with a slash, a backslash or a control character, or
// longer than [NameMax]; paths that are the same, or of which one is a folder to the other;
// symbolic links. [Info.Paths] then gives the place of each file below that folder, as suits the
// disk: disks that cannot hold a harmless name get another one ([Disk.Name]), and if two files
// would then be one, that is an error. It is a pure function of the torrent and the disk, so that
// a later run finds what an earlier one wrote.
//
// Names may still hold letters that a terminal does not show, or shows in another order: escape
// what is printed.
//
// # Writing
//
// A [Builder] is given what the torrent is to hold ([Plan]), then the bytes of all files in their
// order through Write, and then yields the file. The same plan and bytes give the same file: there
// is no date in it unless the plan has one. [PieceLength] is the rule for the size of pieces.
package metainfo
