package tracker

import "swarmlab/protocol"

// choice draws peers from the rows of a swarm. It shuffles the rows as far as it goes, in time that
// does not depend on how many are left, and puts them back in order when it is done: the peers'
// own records, which are all over the memory, need not be touched.
type choice struct {
	rows  *[rows][]seat
	first [rows]uint32 // seats already drawn
	count [rows]uint32 // and those that are left to draw from
	all   uint32       // left in all rows
	swaps []swap
}

// swap is an exchange of two seats of a row, to be undone.
type swap struct {
	row  int
	a, b uint32
}

func (c *choice) swap(s swap) {
	row := c.rows[s.row]
	row[s.a], row[s.b] = row[s.b], row[s.a]
	c.swaps = append(c.swaps, s)
}

// draw returns a peer that has not been drawn, each as likely as any other.
func (c *choice) draw(rand *protocol.Rand) seat {
	at := uint32(rand.Uint64n(uint64(c.all)))
	n := 0
	for ; at >= c.count[n]; n++ {
		at -= c.count[n]
	}
	c.swap(swap{n, c.first[n], c.first[n] + at})
	drawn := c.rows[n][c.first[n]]
	c.first[n]++
	c.count[n]--
	c.all--
	return drawn
}

// undo puts the rows back in order.
func (c *choice) undo() {
	for n := len(c.swaps) - 1; n >= 0; n-- {
		s := c.swaps[n]
		row := c.rows[s.row]
		row[s.a], row[s.b] = row[s.b], row[s.a]
	}
	c.swaps = c.swaps[:0]
}

// choose names peers to the member x: a random choice of all that are of use to it, in random
// order, and never itself. Who only uploads is named those that download. Those whom the
// configuration does not let it name are passed over.
func (k *Tracker) choose(y, x uint32, rand *protocol.Rand, want int, fits room, r *Reply) {
	s, self := k.swarms.at(y), k.peers.at(x)
	c := choice{rows: &s.rows, swaps: k.swaps[:0]}
	for n := range s.rows {
		six, ups := n >= down6, n%2 == 1
		if ups && (self.seed || self.paused) || six && !fits.six || !six && !fits.four {
			continue
		}
		c.count[n] = uint32(len(s.rows[n]))
		if uint8(n) == self.row {
			c.count[n]--
			c.swap(swap{n, self.place, c.count[n]})
		}
		c.all += c.count[n]
	}
	for left := max(want, 0); left > 0 && c.all > 0; {
		drawn := c.draw(rand)
		if k.cfg.Names != nil && !k.cfg.Names(self.id, k.peers.at(drawn.peer).id) {
			continue
		}
		left--
		p := Peer{Addr: drawn.addr}
		if fits.ids {
			p.ID, p.HasID = k.peers.at(drawn.peer).id, true
		}
		r.Peers = append(r.Peers, p)
	}
	c.undo()
	k.swaps = c.swaps
}
