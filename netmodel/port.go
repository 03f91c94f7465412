package netmodel

// HomePort is the port on which every node listens.
const HomePort = 6881

// A symmetric NAT draws external ports from the first 127 of RFC 6335's dynamic ones. There are so
// few so that a node and a port fit into 31 bits, and a directory of contacts needs no table.
const (
	mappedPort  = 49152
	mappedPorts = 127
)

// PortIndex returns the number of an external port, 0 for HomePort and up to 127, and whether it is
// one that a node can have.
func PortIndex(port uint16) (index uint32, ok bool) {
	switch {
	case port == HomePort:
		return 0, true
	case port >= mappedPort && port < mappedPort+mappedPorts:
		return uint32(port-mappedPort) + 1, true
	}
	return 0, false
}

// IndexedPort is the inverse of PortIndex.
func IndexedPort(index uint32) uint16 {
	switch {
	case index == 0:
		return HomePort
	case index <= mappedPorts:
		return uint16(mappedPort + index - 1)
	}
	panic("netmodel: there is no such external port")
}
