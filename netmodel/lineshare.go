package netmodel

import (
	"time"

	"swarmlab/protocol"
)

const (
	// StreamHeaders is what TCP and IPv4 add to each packet of a stream on a line, in bytes.
	StreamHeaders = 40
	// StreamPacket is how many bytes of a stream are in a packet: what is left of the 1,500 of
	// Ethernet.
	StreamPacket = 1500 - StreamHeaders
)

// StreamWire returns how many bytes so many of a stream are on a line: with the headers of as few
// packets as they need, but one.
func StreamWire(size int) int {
	return size + StreamHeaders*max(1, (size+StreamPacket-1)/StreamPacket)
}

// Share prepares the lines for streams beside the datagrams. To be called before anything is sent.
func (l *Lines) Share() { l.datagrams = make([]lineState, len(l.busy)) }

// overtake is pass where streams share the line: the datagram goes before what they have not begun
// to send, and takes its time from it.
func (l *Lines) overtake(
	now protocol.Time, busy, own *protocol.Time, width uint64, size int,
) (done protocol.Time, ok bool) {
	begin := max(now, *own)
	if begin.Sub(now) > l.queue {
		return 0, false
	}
	takes := serialisation(size, width)
	*own = begin.Add(takes)
	*busy = max(now, *busy).Add(takes)
	return *own, true
}

// Load puts some bytes of a stream on a node's line, after all that it was given, and returns when
// it has sent them; now, if it has no limit. They arrive as they are sent, so that the first is
// there long before the last. Whoever has more to send waits until then, and chooses.
func (l *Lines) Load(now protocol.Time, node uint32, size int) (done protocol.Time) {
	width := l.line(node).Up
	if width == 0 {
		return now
	}
	busy := &l.busy[node].up
	*busy = max(now, *busy).Add(serialisation(size, width))
	return *busy
}

// Unload puts bytes of a stream, the last of which reaches a node's line now, into its queue, and
// returns when it has received them: as soon as they are there, if it is idle, wide enough, and was
// so when the first came, which is as long ago as the line of their source takes for them. Nothing
// is dropped; full tells that a datagram that waits so long would be.
func (l *Lines) Unload(
	now protocol.Time, node, source uint32, size int,
) (done protocol.Time, full bool) {
	width := l.line(node).Down
	if width == 0 {
		return now, false
	}
	first := now.Add(-l.onWay(source, size))
	busy := &l.busy[node].down
	begin := max(first, *busy)
	*busy = begin.Add(serialisation(size, width))
	return max(now, *busy), begin.Sub(first) > l.queue
}

// onWay is for how long bytes pass a point on their way from a node.
func (l *Lines) onWay(source uint32, size int) time.Duration {
	width := l.line(source).Up
	if width == 0 {
		return 0
	}
	return serialisation(size, width)
}
