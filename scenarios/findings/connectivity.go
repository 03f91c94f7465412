package findings

// Connectivity is what vantage nodes found out about those who came to them.
type Connectivity struct {
	Probed []Probed // each kind once, in the order in which they first came
}

// Probed is nodes of one class that answered the same probes.
type Probed struct {
	Class      string // of NAT or firewall, which no observer knows
	Reciprocal bool   // they answered the vantage node
	Transitive bool   // and another address
	Persistent bool   // and the vantage node again, later
	Left       bool   // they were down when they were asked again
	Nodes      int
}

// Count counts one more node.
func (c *Connectivity) Count(p Probed) {
	p.Nodes = 0
	for n := range c.Probed {
		have := c.Probed[n]
		have.Nodes = 0
		if have == p {
			c.Probed[n].Nodes++
			return
		}
	}
	p.Nodes = 1
	c.Probed = append(c.Probed, p)
}
