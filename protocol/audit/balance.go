package audit

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/tracker"
)

// SelfReport is M1: it adds up what a tracker's ledger credits to each user, whose peers Owner
// knows. Volumes are by user. Outside is what was credited to peers of nobody. Corrupt bytes are
// not taken off: a ledger credits them as downloaded if the client reports them so.
func SelfReport(
	accounts []tracker.Account, owner func(peerID [20]byte) (User, bool),
) (users []Volume, outside Volume) {
	for k := range accounts {
		a := &accounts[k]
		v := Volume{Up: a.Credited.Uploaded, Down: a.Credited.Downloaded}
		if u, ok := owner(a.PeerID); ok {
			at(&users, u).add(v)
		} else {
			outside.add(v)
		}
	}
	return users, outside
}

// Sheet is M2 and the material of M3: claims by torrent and window of time.
type Sheet struct {
	window time.Duration
	most   uint32
	taken  []uint32 // shares, by user
	cells  []Cell
	shares []Share
	index  map[cellKey]int
	mine   map[shareKey]int
	Counts Counts
}

// Cell is what was claimed of one torrent in one window of time.
type Cell struct {
	Torrent uint32
	Window  uint32 // from 0, by the time of the announces
	Up      uint64
	Down    uint64
	Corrupt uint64
}

// Share is what one user claimed in one cell.
type Share struct {
	Cell int // in Sheet.Cells
	User User
	Volume
}

type cellKey struct{ torrent, window uint32 }

type shareKey struct {
	cell int
	user User
}

// Balance returns how much more was claimed as uploaded than as downloaded: near 0 if all are
// honest, and positive if uploads are invented. Ocelot keeps it by torrent.
func (c *Cell) Balance() int64 { return signed(c.Up, sum(c.Down, c.Corrupt)) }

// Flagged reports whether the balance is out of bounds: by more than slack bytes and by more than
// a share, in parts per million, of the greater side. Partly received windows make honest cells
// differ, because announces are not synchronised.
func (c *Cell) Flagged(slack, share uint64) bool {
	side, other := c.Up, sum(c.Down, c.Corrupt)
	if side < other {
		side, other = other, side
	}
	off := side - other
	return off > slack && over(off, side, share)
}

// NewSheet returns an empty sheet with windows of so long, which must be positive, and at most so
// many shares of any user: claims of more are refused.
func NewSheet(window time.Duration, most uint32) *Sheet {
	return &Sheet{window: window, most: most,
		index: make(map[cellKey]int), mine: make(map[shareKey]int)}
}

// Claim adds a claim, which counts in the window in which it was made.
func (s *Sheet) Claim(c *Claim) Fault {
	key := cellKey{c.Torrent, uint32(c.At / protocol.Time(s.window))}
	x, known := s.index[key]
	y, mine := s.mine[shareKey{x, c.User}]
	if taken := at(&s.taken, c.User); !known || !mine {
		if *taken >= s.most {
			return s.Counts.note(Full)
		}
		*taken++
		if !known {
			x = len(s.cells)
			s.index[key] = x
			s.cells = append(s.cells, Cell{Torrent: key.torrent, Window: key.window})
		}
		y = len(s.shares)
		s.mine[shareKey{x, c.User}] = y
		s.shares = append(s.shares, Share{Cell: x, User: c.User})
	}
	cell := &s.cells[x]
	cell.Up = sum(cell.Up, c.Credit.Uploaded)
	cell.Down = sum(cell.Down, c.Credit.Downloaded)
	cell.Corrupt = sum(cell.Corrupt, c.Credit.Corrupt)
	s.shares[y].add(Volume{c.Credit.Uploaded, c.Credit.Downloaded})
	return s.Counts.note(OK)
}

// Cells returns the cells in the order in which they were begun. They belong to the sheet.
func (s *Sheet) Cells() []Cell { return s.cells }

// Shares returns what users claimed of cells, in the order of their first claims. They belong to
// the sheet.
func (s *Sheet) Shares() []Share { return s.shares }
