package oracle

import "math"

// exactAlpha is the largest Alpha whose chain is evaluated exactly.
const exactAlpha = 3

// contacts are the bit distances of the contacts of one round, ascending; places beyond the last
// contact hold the distance none.
type contacts [exactAlpha]uint8

// outcome is a possible round with its probability.
type outcome struct {
	contacts contacts
	p        float64
}

// answers enumerates the want best of the entries of the bucket that a node at distance d uses.
// The probabilities add up to weight.
func (c *chain) answers(d, want int, weight float64) []outcome {
	var out []outcome
	for _, l := range c.gain[d] {
		e := enumeration{c: c, top: d - l.bits, want: want, out: out}
		e.level(0, 0, c.size[d], weight*l.p, c.nobody)
		out = e.out
	}
	return out
}

// enumeration walks the levels of distance from 0 up to top, and chooses at each how many of the
// draws that are left fall on it.
type enumeration struct {
	c         *chain
	top, want int
	out       []outcome
}

func (e *enumeration) level(y, found, left int, p float64, v contacts) {
	places := min(e.want-found, left)
	if places == 0 {
		e.add(v, p)
		return
	}
	// P(X = y | X >= y) for P(X <= y) = 2^(y-top).
	share := math.Ldexp(1, -e.top)
	if y > 0 {
		share = 1 / (math.Ldexp(1, e.top-y+1) - 1)
	}
	rest := 1.0
	for hits := 0; hits < places && y < e.top; hits++ {
		q := binomial(left, hits, share)
		rest -= q
		e.level(y+1, found+hits, left-hits, p*q, v)
		v[found+hits] = uint8(y)
	}
	if y == e.top {
		for i := range places {
			v[found+i] = uint8(y)
		}
	}
	e.add(v, p*rest)
}

// add keeps an outcome, unless its probability is 0 but for rounding.
func (e *enumeration) add(v contacts, p float64) {
	if p > 0 {
		e.out = append(e.out, outcome{e.c.settle(v), p})
	}
}

// settle drops what no longer matters: a live contact at distance 0 knows the target, so the
// next round succeeds whoever else is in it.
func (c *chain) settle(v contacts) contacts {
	if v[0] == 0 && c.stale == 0 {
		only := c.nobody
		only[0] = 0
		return only
	}
	return v
}

// merge returns the alpha closest of two sets of contacts.
func (c *chain) merge(a, b contacts) contacts {
	v := c.nobody
	for i, x, y := 0, 0, 0; i < c.alpha; i++ {
		if a[x] <= b[y] {
			v[i] = a[x]
			x++
		} else {
			v[i] = b[y]
			y++
		}
	}
	return v
}
