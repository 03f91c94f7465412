package krpc

import "swarmlab/protocol/bencode"

// sizeMin is the length in bytes below which no packet can be a message.
const sizeMin = 20

// scan returns a tolerant scanner with the limits that other clients have too.
func scan(p []byte) bencode.Scanner {
	return bencode.NewScanner(p, bencode.Limits{Depth: 10, Items: 500}, bencode.Tolerant)
}

// decoder reads one packet. It collects what is there and judges at the end, since only the whole
// packet tells which parts matter: the dictionaries a and r come before y.
type decoder struct {
	scan    bencode.Scanner
	p       []byte // what scan reads
	m       *Message
	args    int  // where the dictionary a starts, 0 if there is none
	results int  // where the dictionary r starts, 0 if there is none
	body    int  // which of the two was read into m, 0 if none
	y       byte // what y holds, 0 if it is not one byte
	hasT    bool
	hasE    bool // and it is as it should be
	wrong   bool // a known key of the body has a value of the wrong type
	odd     bool // a known key beside the body has a value of the wrong type

	target, infoHash []byte // of 20 bytes, nil if not there
}

// Decode reads the packet p into m, which is reset first. It accepts what is clear without being
// canonical, and notes it. After a fault only Kind and T of m are good, and only if the fault is
// Answerable or Matchable.
func Decode(p []byte, m *Message) Fault {
	*m = Message{}
	if len(p) < sizeMin {
		return Short
	}
	if p[0] != 'd' || p[len(p)-1] != 'e' {
		return NoDict
	}
	if quick(p, m) {
		return OK
	}
	*m = Message{}
	return general(p, m)
}

// general reads any packet that starts with a d into m, which is reset.
func general(p []byte, m *Message) Fault {
	var d decoder
	d.scan, d.p, d.m = scan(p), p, m
	d.envelope()
	if d.scan.End() != bencode.OK {
		return BadBencode
	}
	m.NonCanonical = !d.scan.Canonical()
	return d.judge()
}

// judge decides what the packet is.
func (d *decoder) judge() Fault {
	m := d.m
	switch d.y {
	case 0:
		return NoKind
	case 'q':
		m.Kind = Query
	case 'r':
		m.Kind = Response
	case 'e':
		m.Kind = Error
	default:
		return UnknownKind
	}
	switch {
	case !d.hasT:
		return NoTransaction
	case m.Kind == Query:
		return d.query()
	case m.Kind == Response:
		return d.response()
	}
	return d.error()
}

func (d *decoder) query() Fault {
	m := d.m
	m.Code, m.Text = 0, nil
	if m.Method == 0 {
		return NoMethod
	}
	if d.args == 0 {
		return NoArguments
	}
	d.choose(d.args)
	if !m.HasID {
		return NoSender
	}
	if d.wrong || d.odd {
		return BadArgument
	}
	m.about(d.target, d.infoHash)
	return OK
}

func (d *decoder) response() Fault {
	m := d.m
	m.Method, m.ReadOnly, m.Code, m.Text = 0, false, 0, nil
	if d.results == 0 {
		return NoResults
	}
	d.choose(d.results)
	if !m.HasID {
		return NoResponder
	}
	if d.wrong || d.odd {
		return BadResult
	}
	return OK
}

func (d *decoder) error() Fault {
	d.choose(0)
	d.m.Method, d.m.ReadOnly = 0, false
	if !d.hasE || d.odd {
		return BadError
	}
	return OK
}

// choose makes the dictionary that starts at body the one that m holds. It has work to do only if
// the packet has both a and r, or one that does not belong to its kind.
func (d *decoder) choose(body int) {
	if d.body == body {
		return
	}
	m := d.m
	*m = Message{
		Kind: m.Kind, Method: m.Method, T: m.T, Code: m.Code, Text: m.Text, Version: m.Version,
		IP: m.IP, ReadOnly: m.ReadOnly, NonCanonical: m.NonCanonical,
	}
	d.target, d.infoHash, d.wrong = nil, nil, false
	if d.body = body; body != 0 {
		d.p = d.p[body:]
		d.scan = scan(d.p)
		d.dictionary(body == d.args)
	}
}

// envelope reads the whole packet.
func (d *decoder) envelope() {
	s := &d.scan
	keys, _ := s.Dict()
	for key, ok := keys.Next(s); ok; key, ok = keys.Next(s) {
		if len(key) == 1 {
			d.letter(key[0])
			continue
		}
		switch string(key) {
		case "ip":
			d.m.IP = d.octets(&d.odd)
		case "ro":
			d.m.ReadOnly = d.integer(&d.odd) != 0
		default:
			s.Skip()
		}
	}
}

// letter reads the value of a key of one byte.
func (d *decoder) letter(key byte) {
	m, s := d.m, &d.scan
	switch key {
	case 'a':
		d.args = d.enter(true)
	case 'e':
		d.failure()
	case 'q':
		if name, ok := s.Bytes(); ok {
			m.Method = methodOf(name)
			return
		}
		s.Skip()
	case 'r':
		d.results = d.enter(false)
	case 't':
		d.hasT = s.Kind() == bencode.String
		m.T = d.octets(&d.odd)
	case 'v':
		m.Version = d.octets(&d.odd)
	case 'y':
		if y := d.octets(&d.odd); len(y) == 1 {
			d.y = y[0]
		}
	default:
		s.Skip()
	}
}

// enter reads a body into m if it is the first, passes over it otherwise, and returns its place.
func (d *decoder) enter(args bool) int {
	at := d.scan.At()
	if d.scan.Kind() != bencode.Dict {
		d.scan.Skip()
		return 0
	}
	if d.body != 0 {
		d.scan.Skip()
		return at
	}
	d.body = at
	d.dictionary(args)
	return at
}

// failure reads the list of an error.
func (d *decoder) failure() {
	s := &d.scan
	if !s.List() {
		s.Skip()
		return
	}
	n, bad := 0, false
	for ; s.More(); n++ {
		switch n {
		case 0:
			d.m.Code = d.integer(&bad)
		case 1:
			d.m.Text = d.octets(&bad)
		default:
			s.Skip()
		}
	}
	d.hasE = n >= 2 && !bad
}

// octets reads a string; it notes and passes over anything else.
func (d *decoder) octets(wrong *bool) []byte {
	b, ok := d.scan.Bytes()
	if !ok {
		*wrong = true
		d.scan.Skip()
	}
	return b
}

// integer reads an integer; it notes and passes over anything else.
func (d *decoder) integer(wrong *bool) int64 {
	n, ok := d.scan.Int()
	if !ok {
		*wrong = true
		d.scan.Skip()
	}
	return n
}
