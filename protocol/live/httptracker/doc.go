// Package httptracker carries announces and scrapes over HTTP: the transport that package tracker,
// which knows the messages but no network, does not have.
//
// It is apart from package live because that one drives any core and knows no protocol, and
// because whoever needs datagrams only does not want an HTTP stack linked in.
//
// # The server
//
// [Listen] opens the port, [Server.Run] answers until its context ends. A tracker belongs to one
// goroutine at a time: each request is a turn, run by [Turns]. If the tracker also listens on UDP,
// those are the turns of its live.Node; otherwise a [Clock] makes them.
//
// Every request that can be read is answered with status 200 and a bencoded body, also if it is
// refused, since that is all that clients understand. Connections are for one request, of limited
// size and time, and one host can hold only so many.
//
// # The client
//
// [Fetch] gets one body, within bounds: a time for all, a size before and after decompression, a
// few redirections. [Announce] and [Scrape] make the request and read the answer.
//
// A torrent file names its trackers, and a tracker may redirect: both may point a client at
// addresses that only it can reach. So a request that goes to a loopback or private address must
// be one for announcing or scraping, by its path; a tracker on the open network cannot redirect to
// such an address, nor one on a private network to loopback; and nothing leads from https to
// http, or to any other scheme. What counts is the address that is connected to, not the name.
package httptracker
