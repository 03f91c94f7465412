package endpoint

// SourceLimit is how many datagrams a node takes from one host in ten seconds, ten times
// libtorrent's. On loopback, where a whole laboratory shares an address, no rule about hosts holds.
const SourceLimit = 500
