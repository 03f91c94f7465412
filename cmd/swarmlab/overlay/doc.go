// Package overlay has the commands of `swarmlab dht`, which speak the Mainline DHT over real
// sockets. Those that ask and leave:
//
//	command    the commands, and the flags that they share; binds the socket
//	lookup, collect, item, key, ping   one command each, or a few: flags -> a dht.Request
//	greet      pings the entry points, to learn their ids
//	explore    the core that greets, becomes a node, and does the request; tap notes the hops
//	report     what it found, for people or as JSON; findings are the parts that methods add
//
// Those that stay, serve and monitor:
//
//	member     flags and file -> a node of one network or of both; state_file holds the file
//	serve      runs it, shows its state, keeps its file
//	state      the state as it is shown; traffic counts the messages around the core
//	monitor    the view on a terminal, which screen lays out
//
// And crawl: a crawl.Crawler on a socket, its progress, and its report.
//
// The types named Report are the documents that --json prints.
package overlay
