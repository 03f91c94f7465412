package netmodel

import (
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"swarmlab/protocol"
)

const (
	traceBytesMax    = 512 << 20
	traceNodesMax    = 4 << 20
	traceSessionsMax = 16 << 20

	// unixFrom is where times are taken for Unix times, which count from 1970: beyond ten years.
	unixFrom = protocol.Time(10 * 365 * 24 * time.Hour)
)

// LoadTrace reads when nodes were online, in one of three forms. Blank lines, and lines that begin
// with # but for a heading, do not count.
//
//   - A table with the heading node,up_ms,down_ms: a session a line, its times in ms.
//   - The table event_trace of the Failure Trace Archive, with its heading: columns separated by
//     blanks, of which platform_id (if there is one), node_id, component_id (if there is one),
//     event_type, event_start_time and event_stop_time, or event_end_time, are read; in s.
//     A component is a node here. It is online in events of type 1 (availability) and in no others.
//     The end NULL is that of the trace. The page "FTAFormat" of the archive describes the table;
//     its look was taken from an excerpt of a public copy.
//   - If the name ends in .avt, the form of Godfrey's repository of availability traces: a node a
//     line, as its name, its number of sessions, and their starts and ends in s. This is how two
//     programs that read and write the form have it; the repository's own description was not at
//     hand.
//
// The sessions of a node must come in the order of time and not overlap; those that touch are one.
// A node without a session is left out. Where the earliest time is later than ten years, all are
// Unix times, and the earliest becomes 0.
// At most 512 MiB, 4 million nodes and 16 million sessions are read. Errors begin with name:line.
func LoadTrace(r io.Reader, name string) (*Trace, error) {
	p := traceParser{textLines: newTextLines(r, name, traceBytesMax), index: map[string]uint32{},
		begin: protocol.Never}
	for p.next() {
		if err := p.row(); err != nil {
			return nil, err
		}
	}
	if p.err != nil {
		return nil, p.err
	}
	return p.finish()
}

type traceParser struct {
	*textLines
	read     func(p *traceParser) error // a row of the form that the file has
	columns  archiveColumns
	index    map[string]uint32 // of nodes by name
	lives    [][]protocol.Time // of each node: up, down, up, down...
	sessions int
	begin    protocol.Time // the earliest and the latest time
	end      protocol.Time
}

// row reads the heading, or a line below it.
func (p *traceParser) row() error {
	if p.read != nil {
		return p.read(p)
	}
	heading := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(p.text, "#")))
	columns := strings.Fields(heading)
	switch {
	case strings.Join(columns, "") == "node,up_ms,down_ms":
		p.read = (*traceParser).plain
	case slices.Contains(columns, "event_type"):
		p.read = (*traceParser).archived
		return p.columns.find(p, columns)
	case strings.HasPrefix(p.text, "#"):
	case strings.HasSuffix(strings.TrimSuffix(p.name, ".gz"), ".avt"):
		p.read = (*traceParser).listed
		return p.listed()
	default:
		return p.fail("%s is no heading of a trace: write node,up_ms,down_ms and below it a "+
			"session a line; the form of .avt needs that ending", quote(p.text))
	}
	return nil
}

// plain reads a row of the neutral table.
func (p *traceParser) plain() error {
	cells := strings.Split(p.text, ",")
	if len(cells) != 3 {
		return p.fail("%s has %d columns: write node,up_ms,down_ms, as in a,0,60000",
			quote(p.text), len(cells))
	}
	up, err := p.time(cells[1], nsPerMsPlaces)
	if err != nil {
		return err
	}
	down, err := p.time(cells[2], nsPerMsPlaces)
	if err != nil {
		return err
	}
	node := strings.TrimSpace(cells[0])
	if up == down {
		return p.fail("node %s is up for 0 ms: leave the row out", quote(node))
	}
	return p.add(node, up, down)
}

// archiveColumns are the places of the columns of an event_trace that are read, or -1.
type archiveColumns struct {
	node               [3]int // what names a node: platform, node, component
	kind, start, until int
	count              int
}

func (c *archiveColumns) find(p *traceParser, columns []string) error {
	at := func(name string) int { return slices.Index(columns, name) }
	*c = archiveColumns{[3]int{at("platform_id"), at("node_id"), at("component_id")},
		at("event_type"), at("event_start_time"), max(at("event_stop_time"), at("event_end_time")),
		len(columns)}
	for name, place := range [...]int{c.node[1], c.start, c.until} {
		if place < 0 {
			return p.fail("the heading has no %s: an event_trace needs it", [...]string{"node_id",
				"event_start_time", "event_stop_time"}[name])
		}
	}
	return nil
}

// archived reads a row of an event_trace.
func (p *traceParser) archived() error {
	c, cells := &p.columns, strings.Fields(p.text)
	if len(cells) != c.count {
		return p.fail("%d columns, and the heading has %d: fill in NULL where nothing is known",
			len(cells), c.count)
	}
	up, err := p.time(cells[c.start], durationPlaces)
	if err != nil {
		return err
	}
	down := protocol.Never
	if cells[c.until] != "NULL" {
		if down, err = p.time(cells[c.until], durationPlaces); err != nil {
			return err
		}
	}
	p.observe(up, down)
	if cells[c.kind] != "1" || up == down {
		return nil
	}
	var names []string
	for _, place := range c.node {
		if place >= 0 {
			names = append(names, cells[place])
		}
	}
	return p.add(strings.Join(names, "/"), up, down)
}

// listed reads a line of an .avt file.
func (p *traceParser) listed() error {
	cells := strings.Fields(p.text)
	if len(cells) < 2 {
		return p.fail("%s is no line of an .avt file: write a node's name, its number of "+
			"sessions, and their starts and ends in s", quote(p.text))
	}
	count, _, err := parseDecimal(cells[1], 0)
	if err != nil || count > traceSessionsMax || int(count)*2 != len(cells)-2 {
		return p.fail("node %s has %s sessions and %d times: write as many starts and ends",
			quote(cells[0]), quote(cells[1]), len(cells)-2)
	}
	if _, twice := p.index[cells[0]]; twice {
		return p.fail("node %s has two lines: join them, or rename one", quote(cells[0]))
	}
	for n := 2; n < len(cells); n += 2 {
		up, err := p.time(cells[n], durationPlaces)
		if err != nil {
			return err
		}
		down, err := p.time(cells[n+1], durationPlaces)
		if err == nil && up != down {
			err = p.add(cells[0], up, down)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// time reads a point of time in units of which a ns is the last of some decimals.
func (p *traceParser) time(text string, places int) (protocol.Time, error) {
	text = strings.TrimSpace(text)
	ns, _, err := parseDecimal(text, places)
	switch {
	case err == nil && ns > uint64(spanMax):
		err = errors.New("is beyond 146 years: check the unit")
	case strings.HasPrefix(text, "-"):
		err = errors.New("is negative: count from the begin of the observation")
	}
	if err != nil {
		return 0, p.fail("the time %s %w", quote(text), err)
	}
	return protocol.Time(ns), nil
}

func (p *traceParser) observe(up, down protocol.Time) {
	p.begin, p.end = min(p.begin, up), max(p.end, up)
	if down != protocol.Never {
		p.end = max(p.end, down)
	}
}

// add adds a session, which must come after those that the node has.
func (p *traceParser) add(node string, up, down protocol.Time) error {
	at, known := p.index[node]
	if !known {
		if len(p.lives) == traceNodesMax {
			return p.fail("more than %d nodes: use a part of the trace", traceNodesMax)
		}
		at = uint32(len(p.lives))
		p.index[strings.Clone(node)] = at
		p.lives = append(p.lives, nil)
	}
	of := p.lives[at]
	last := len(of) - 1
	switch {
	case node == "":
		return p.fail("the node has no name: write one")
	case down < up:
		return p.fail("node %s goes down before it comes up: exchange the two times", quote(node))
	case last > 0 && up < of[last-1]:
		return p.fail("node %s: a session that begins before the one above it: sort the rows by "+
			"time", quote(node))
	case last > 0 && up < of[last]:
		return p.fail("node %s: two sessions overlap, this one and the one above it: join them",
			quote(node))
	case p.sessions == traceSessionsMax:
		return p.fail("more than %d sessions: use a part of the trace", traceSessionsMax)
	}
	p.observe(up, down)
	if last > 0 && up == of[last] {
		of[last] = down
		return nil
	}
	p.sessions++
	p.lives[at] = append(of, up, down)
	return nil
}

// finish makes one list of all times, and lets those be on for ever who were so at the end.
func (p *traceParser) finish() (*Trace, error) {
	if p.sessions == 0 {
		return nil, p.fail("the trace has no session: nobody would ever be online")
	}
	base := protocol.Time(0)
	if p.begin > unixFrom {
		base = p.begin
	}
	t := &Trace{end: p.end - base, first: make([]uint32, 1, len(p.lives)+1),
		times: make([]protocol.Time, 0, 2*p.sessions+len(p.lives))}
	for _, of := range p.lives {
		for n := 0; n < len(of); n += 2 {
			up, down := of[n]-base, min(of[n+1], p.end)-base
			t.count(down.Sub(up))
			if down == t.end {
				down = protocol.Never
			}
			t.times = append(t.times, up, down)
		}
		t.times = append(t.times, protocol.Never)
		t.first = append(t.first, uint32(len(t.times)))
	}
	return t, nil
}

// count adds to the time that nodes were online.
func (t *Trace) count(d time.Duration) {
	low := t.total[1] + uint64(d)
	if low < t.total[1] {
		t.total[0]++
	}
	t.total[1] = low
}
