// Package torrents has the commands of `swarmlab torrent`, which speak BitTorrent over real sockets
// and on real files:
//
//	command    the commands; reads .torrent files and magnet links
//	create     flags -> a metainfo.Plan, hashes what content finds on the disk, writes the file
//	info       what a file or a link says, for people or as JSON
//	tracker    runs a tracker on its sockets; output shows its state
//	seed       gives what a folder has, until Ctrl-C
//	download   gets what is missing in a folder; progress shows how far it is
//	session    one client on its sockets and files, for these two and for an observer; flags and
//	           files are its beginning, wait what it does meanwhile, report its end
//
// Package auditor is an observer: it reads Flags and a Source, opens a Session, lets it Run, and
// within that joins, waits, and is told by the client what peers show.
//
// The types named Report are the documents that --json prints.
package torrents
