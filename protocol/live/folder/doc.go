// Package folder keeps the content of torrents in the files of a folder, as other clients do: it is
// where the blocks go that a core receives, and where those come from that it sends.
//
// # Who calls what
//
// A [Store] is made once. Each torrent is added with the folder that it belongs to and the number
// under which the core knows it: [Store.Download] makes the folder, what lies in it counts, and the
// rest is written; [Store.Seed] only reads. Then [Torrent.Check] says which pieces are there, with
// progress, and the core may start. From then on the core calls [Store.Write] for each block,
// [Store.Verify] when all blocks of a piece were written, and the driver [Store.ReadBody] for what
// goes out. [Store.Remove] gives the files of one torrent back, [Store.Close] all of them.
//
// Write and Verify must not overlap for one torrent, which the turns of a core never do. ReadBody
// may be called by anyone at any time.
//
// # What can be trusted
//
// Nothing but the files and the hashes of the torrent. There is no file beside them that says what
// is done: a program that was killed in the middle of a write checks all pieces when it comes back,
// and what the system has of a finished piece is found again. A piece that was found good is never
// written again, whatever the core is made to believe; files that exist are never shortened.
// Files are as long as they will be from their first byte on, with holes where nothing is yet.
// What a crash of the whole machine leaves is up to its disk: nothing is forced onto it.
//
// # What is never touched
//
// Everything outside the folder. Paths come from package metainfo, which refuses those that lead
// elsewhere, and every file is opened below the folder by [os.Root], which follows no link out of
// it, even one that is put there while the program runs. In the place of a file only a plain file
// is accepted: no link, not even to a file inside, no pipe, no device. Pad files (BEP 47) are
// zeros and have no place.
//
// # Failure
//
// A full or read-only disk, a file that is gone, shorter, or another one than before: the first
// such error is final for its torrent. It is handed to the function that [New] was given, and from
// then on nothing of this torrent is read or written, and Verify says false. The owner is expected
// to stop the torrent; a core that goes on meanwhile would blame its peers. What was finished
// before stays where it is.
//
// # Bounds
//
// All torrents of a store together have at most as many files open as New was told, and a few more
// only while more than that are read at the same instant. Reading, writing and verifying allocate
// nothing once the files are open.
package folder
