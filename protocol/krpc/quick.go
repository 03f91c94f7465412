package krpc

// cursor reads packets of the one layout that the Writer and most clients have: canonical, and with
// no keys but those of BEP 5, its companions want, ro, ip and v, and the flags of BEP 33. There the
// next bytes are nearly always known in advance, so that comparing takes less than half the time of
// parsing. It may give up anywhere; the decoder, which alone decides what is a message, starts
// again from the first byte.
type cursor struct {
	p   []byte
	at  int
	bad bool // gave up
}

// valuesMax bounds the list of peers here, well below the limit on items.
const valuesMax = 200

// quick reads p into m, which is reset, if p has the known layout. Otherwise m is spoilt.
func quick(p []byte, m *Message) bool {
	c := cursor{p: p}
	if c.next("d1:ad2:id20:") {
		m.Kind = Query
		c.query(m)
	} else {
		m.Kind = Response
		c.response(m)
	}
	return !c.bad && c.at == len(p)
}

func (c *cursor) query(m *Message) {
	var target, infoHash []byte
	m.ID, m.HasID = c.id(), true
	if c.next("12:implied_porti1e") {
		m.ImpliedPort = true
	}
	if c.next("9:info_hash20:") {
		infoHash = c.take(IDSize)
		if c.next("4:porti") {
			m.Port, m.HasPort = c.number('e'), true
			c.seed(m)
		} else {
			c.scrape(m)
		}
	}
	if c.next("6:target20:") {
		target = c.take(IDSize)
	}
	if c.next("5:token") {
		m.Token, m.HasToken = c.octets(), true
	}
	c.want(m)
	c.must("e1:q")
	m.Method = methodOf(c.octets())
	if c.next("2:roi1e") {
		m.ReadOnly = true
	}
	c.tail(m)
	c.must("1:y1:qe")
	if !c.bad {
		m.about(target, infoHash)
	}
}

// seed reads a flag that some send in both states.
func (c *cursor) seed(m *Message) {
	if c.next("4:seedi") {
		if c.next("1e") {
			m.Flags = Seed
		} else {
			c.must("0e")
		}
	}
}

func (c *cursor) scrape(m *Message) {
	if c.next("6:noseedi1e") {
		m.Flags = NoSeed
	}
	if c.next("6:scrapei1e") {
		m.Flags |= Scrape
	}
}

func (c *cursor) want(m *Message) {
	if !c.next("4:wantl") {
		return
	}
	m.WantV4 = c.next("2:n4")
	m.WantV6 = c.next("2:n6")
	c.must("e")
}

func (c *cursor) response(m *Message) {
	c.must("d")
	if c.next("2:ip") {
		m.IP = c.octets()
	}
	c.must("1:rd2:id20:")
	m.ID, m.HasID = c.id(), true
	if c.next("5:nodes") {
		m.Nodes = c.octets()
	}
	if c.next("6:nodes6") {
		m.Nodes6 = c.octets()
	}
	if c.next("5:token") {
		m.Token, m.HasToken = c.octets(), true
	}
	if c.next("6:valuesl") {
		c.values(m)
	}
	c.must("e")
	c.tail(m)
	c.must("1:y1:re")
}

func (c *cursor) values(m *Message) {
	start := c.at
	for !c.next("e") && m.NumValues <= valuesMax {
		c.octets()
		m.NumValues++
	}
	if m.NumValues > valuesMax {
		c.bad = true
	}
	if !c.bad {
		m.Values = c.p[start : c.at-1 : c.at-1]
	}
}

func (c *cursor) tail(m *Message) {
	c.must("1:t")
	m.T = c.octets()
	if c.next("1:v") {
		m.Version = c.octets()
	}
}

// next consumes the known bytes if they come next.
func (c *cursor) next(known string) bool {
	end := c.at + len(known)
	if end > len(c.p) || string(c.p[c.at:end]) != known {
		return false
	}
	c.at = end
	return true
}

// must consumes the known bytes, or gives up.
func (c *cursor) must(known string) {
	if !c.next(known) {
		c.bad = true
	}
}

func (c *cursor) id() ID {
	if b := c.take(IDSize); b != nil {
		return IDFromBytes(b)
	}
	return ID{}
}

// octets consumes a string.
func (c *cursor) octets() []byte { return c.take(int(c.number(':'))) }

// take consumes n bytes.
func (c *cursor) take(n int) []byte {
	start := c.at
	if c.bad || n > len(c.p)-start {
		c.bad = true
		return nil
	}
	c.at += n
	return c.p[start:c.at:c.at]
}

// number consumes a number of up to five digits, without sign or leading zeros, and its end.
func (c *cursor) number(end byte) int64 {
	n := int64(0)
	for i := 0; i <= 5 && c.at < len(c.p); i++ {
		digit := c.p[c.at]
		c.at++
		if digit == end && i > 0 {
			return n
		}
		if digit-'0' > 9 || n == 0 && i > 0 {
			break
		}
		n = n*10 + int64(digit-'0')
	}
	c.bad = true
	return 0
}
