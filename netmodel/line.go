package netmodel

import (
	"fmt"
	"math/bits"
	"time"

	"swarmlab/protocol"
)

// DatagramHeaders is what UDP and IPv4 add to each datagram on a line, in bytes. Accounts count
// payloads; only lines count headers.
const DatagramHeaders = 28

// Links is how wide the lines are that connect nodes to the network. The zero value has no limits,
// and costs nothing.
type Links struct {
	Lines []Line // kinds of lines; their shares add up to Certain
	// Queue is how long a datagram may wait for the line to be free, in each direction; one that
	// would wait longer is dropped. 1 ms to 1 h. 500 ms are a modelling choice.
	Queue time.Duration
	// Own are the lines of ranges of nodes, in the place of those that are drawn for them. Where
	// there are no Lines, all other nodes have no limits.
	Own []OwnLine
}

// OwnLine is the line of Count nodes from First on; 0 for no limit, as in Line.
type OwnLine struct {
	First, Count uint32
	Down, Up     uint64
}

// Line is one kind of access line.
type Line struct {
	Share    Probability // of the nodes
	Down, Up uint64      // bit/s, from 1,000 to 10^12; 0 for no limit
}

const (
	linesMax  = 64
	widthMin  = 1_000
	widthMost = 1_000_000_000_000
	queueMin  = time.Millisecond
)

// LinksPreset returns the links of that name. The one there is, bharambe-2006, has the lines of
// Bharambe, Herley, Padmanabhan, Analyzing and improving a BitTorrent network's performance
// mechanisms, INFOCOM 2006, after Saroiu's measurement of Gnutella; the queue is ours.
func LinksPreset(name string) (Links, bool) {
	if name != "bharambe-2006" {
		return Links{}, false
	}
	const percent, kbit = Certain / 100, 1000
	return Links{Queue: 500 * time.Millisecond, Lines: []Line{
		{20 * percent, 784 * kbit, 128 * kbit},
		{40 * percent, 1500 * kbit, 384 * kbit},
		{25 * percent, 3000 * kbit, 1000 * kbit},
		{15 * percent, 10_000 * kbit, 5000 * kbit},
	}}, true
}

// links draws the line of each node; nil if there are no limits.
type links struct {
	nodes  stream
	lines  []Line
	bounds []uint64 // of the lines up to each, in units of 2^-63
	queue  time.Duration
	kinds  []uint8 // the line of each node, if some have lines of their own; nil: all are drawn
}

func (c *Links) build(seed uint64, nodes int) (*links, error) {
	if len(c.Lines) == 0 && len(c.Own) == 0 {
		if c.Queue != 0 {
			return nil, fmt.Errorf("links.queue: there are no lines: give lines, or no queue")
		}
		return nil, nil
	}
	if len(c.Lines) > linesMax {
		return nil, fmt.Errorf("links.lines: there are %d: at most %d", len(c.Lines), linesMax)
	}
	l := &links{nodes: newStream(seed, purposeLine), queue: c.Queue}
	if err := l.draw(c.Lines); err != nil {
		return nil, err
	}
	if c.Queue < queueMin || c.Queue > Ceiling {
		return nil, fmt.Errorf("links.queue: %v is outside %v to %v: a datagram waits so long "+
			"at most", c.Queue, queueMin, Ceiling)
	}
	return l, l.own(c.Own, nodes)
}

// draw takes the kinds of lines that are drawn for nodes.
func (l *links) draw(lines []Line) error {
	sum := Probability(0)
	for i, line := range lines {
		if err := checkWidths(line.Down, line.Up, "lines", i); err != nil {
			return err
		}
		if line.Share > Certain {
			return fmt.Errorf("links.lines[%d].share: %v is above 100%%", i, line.Share)
		}
		sum = min(sum+line.Share, 2*Certain)
		l.lines = append(l.lines, line)
		l.bounds = append(l.bounds, min(sum, Certain).threshold())
	}
	if sum != Certain && len(lines) > 0 {
		return fmt.Errorf("links.lines: the shares add up to %v: they must make 100%%", sum)
	}
	return nil
}

func checkWidths(down, up uint64, list string, i int) error {
	for _, width := range []uint64{down, up} {
		if width != 0 && (width < widthMin || width > widthMost) {
			return fmt.Errorf("links.%s[%d]: %d bit/s is outside 1000 to 10^12: "+
				"check the unit, or give 0 for no limit", list, i, width)
		}
	}
	return nil
}

// own gives ranges of nodes lines of their own.
func (l *links) own(ranges []OwnLine, nodes int) error {
	if len(ranges) == 0 {
		return nil
	}
	if len(ranges) > linesMax {
		return fmt.Errorf("links.own: there are %d: at most %d", len(ranges), linesMax)
	}
	l.kinds = make([]uint8, nodes)
	if len(l.bounds) == 0 {
		l.lines = append(l.lines, Line{Share: Certain})
	} else {
		for node := range l.kinds {
			l.kinds[node] = uint8(l.drawn(uint32(node)))
		}
	}
	for i, r := range ranges {
		if err := checkWidths(r.Down, r.Up, "own", i); err != nil {
			return err
		}
		if uint64(r.First)+uint64(r.Count) > uint64(nodes) {
			return fmt.Errorf("links.own[%d]: nodes %d to %d of %d", i, r.First,
				uint64(r.First)+uint64(r.Count)-1, nodes)
		}
		for node := r.First; node < r.First+r.Count; node++ {
			l.kinds[node] = uint8(len(l.lines))
		}
		l.lines = append(l.lines, Line{Down: r.Down, Up: r.Up})
	}
	return nil
}

func (l *links) line(node uint32) *Line {
	if l.kinds != nil {
		return &l.lines[l.kinds[node]]
	}
	return &l.lines[l.drawn(node)]
}

// drawn returns the number of the kind of line that is drawn for a node.
func (l *links) drawn(node uint32) int {
	u, i := l.nodes.node(node)>>1, 0
	for i < len(l.bounds)-1 && u >= l.bounds[i] {
		i++
	}
	return i
}

// Lines is the state of all access lines in one run: until when each direction of each is busy, 16
// bytes a node. Both directions are first in, first out, and drop what comes when the queue is
// full. Whatever is sent over lines, datagrams or streams, is to ask them in the order of time,
// with headers counted.
//
// Where streams share the lines (see [Lines.Share]), datagrams wait for each other only, as they do
// where each flow has a queue of its own (RFC 8290), and the streams' share is what is left: what
// is on the line when a datagram comes is not held up, what follows it is.
type Lines struct {
	links
	busy      []lineState // of all nodes: with all that they were given
	datagrams []lineState // the same, with datagrams only; nil if there is nothing else
}

type lineState struct{ down, up protocol.Time }

// NewLines returns the lines, idle, or nil if there are no limits. They belong to one run.
func (n *Network) NewLines() *Lines {
	if n.links == nil {
		return nil
	}
	return &Lines{links: *n.links, busy: make([]lineState, n.nodes)}
}

// Line returns the kind of a node's line; without limits, one that has none.
func (n *Network) Line(node uint32) Line {
	if n.links == nil {
		return Line{Share: Certain}
	}
	return *n.links.line(node)
}

// Up returns when a node's line has sent so many bytes, or false if its queue is full and they are
// dropped. They arrive with the network as a whole, at that time. To be called when node sends.
func (l *Lines) Up(now protocol.Time, node uint32, size int) (done protocol.Time, ok bool) {
	var own *protocol.Time
	if l.datagrams != nil {
		own = &l.datagrams[node].up
	}
	return l.pass(now, &l.busy[node].up, own, l.line(node).Up, size)
}

// Down returns when a node's line has received so many bytes that reach it now, or false if its
// queue is full. To be called when they arrive.
func (l *Lines) Down(now protocol.Time, node uint32, size int) (done protocol.Time, ok bool) {
	var own *protocol.Time
	if l.datagrams != nil {
		own = &l.datagrams[node].down
	}
	return l.pass(now, &l.busy[node].down, own, l.line(node).Down, size)
}

func (l *Lines) pass(
	now protocol.Time, busy, own *protocol.Time, width uint64, size int,
) (done protocol.Time, ok bool) {
	if width == 0 {
		return now, true
	}
	if own != nil {
		return l.overtake(now, busy, own, width, size)
	}
	begin := max(now, *busy)
	if begin.Sub(now) > l.queue {
		return 0, false
	}
	*busy = begin.Add(serialisation(size, width))
	return *busy, true
}

// serialisation is how long bytes take at a number of bits a second, rounded up.
func serialisation(size int, width uint64) time.Duration {
	hi, lo := bits.Mul64(uint64(size)*8, uint64(time.Second))
	lo, carry := bits.Add64(lo, width-1, 0)
	d, _ := bits.Div64(hi+carry, lo, width)
	return time.Duration(d)
}
