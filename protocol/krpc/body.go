package krpc

import "swarmlab/protocol/bencode"

// dictionary reads the arguments of a query or the results of a response into m.
func (d *decoder) dictionary(args bool) {
	s := &d.scan
	keys, _ := s.Dict()
	for key, ok := keys.Next(s); ok; key, ok = keys.Next(s) {
		switch {
		case string(key) == "id":
			d.sender()
		case string(key) == "token":
			d.m.HasToken = true
			d.m.Token = d.octets(&d.wrong)
		case len(key) <= len("sig") && d.item(key):
		case args:
			d.argument(key)
		default:
			d.result(key)
		}
	}
}

// item reads a value that both queries and responses of BEP 44 have, or returns false.
func (d *decoder) item(key []byte) bool {
	it := &d.m.Item
	switch string(key) {
	case "k":
		it.Key = d.octets(&d.wrong)
	case "seq":
		it.HasSeq = true
		it.Seq = d.integer(&d.wrong)
	case "sig":
		it.Sig = d.octets(&d.wrong)
	case "v":
		it.V = d.scan.Skip()
	default:
		return false
	}
	return true
}

// argument reads a value that only queries have.
func (d *decoder) argument(key []byte) {
	switch string(key) {
	case "target":
		d.target = d.key20()
	case "info_hash":
		d.infoHash = d.key20()
	case "port":
		d.m.HasPort = true
		d.m.Port = d.integer(&d.wrong)
	case "implied_port":
		d.m.ImpliedPort = d.integer(&d.wrong) != 0
	case "want":
		d.want()
	case "seed":
		d.flag(Seed)
	case "noseed":
		d.flag(NoSeed)
	case "scrape":
		d.flag(Scrape)
	case "salt":
		d.m.Item.Salt = d.octets(&d.wrong)
	case "cas":
		d.m.Item.HasCas = true
		d.m.Item.Cas = d.integer(&d.wrong)
	default:
		d.scan.Skip()
	}
}

// result reads a value that only responses have.
func (d *decoder) result(key []byte) {
	switch string(key) {
	case "nodes":
		d.m.Nodes = d.octets(&d.wrong)
	case "nodes6":
		d.m.Nodes6 = d.octets(&d.wrong)
	case "values":
		d.values()
	case "BFsd":
		d.m.SeedFilter = d.filter()
	case "BFpe":
		d.m.PeerFilter = d.filter()
	case "interval":
		d.m.Sample.Interval = d.integer(&d.wrong)
	case "num":
		d.m.Sample.Num = d.integer(&d.wrong)
	case "samples":
		d.m.Sample.IDs = d.octets(&d.wrong)
	default:
		d.scan.Skip()
	}
}

// sender reads an id. One of another type or length is none.
func (d *decoder) sender() {
	b, ok := d.scan.Bytes()
	if !ok {
		d.scan.Skip()
	}
	if len(b) == IDSize {
		d.m.ID, d.m.HasID = IDFromBytes(b), true
	}
}

// key20 reads a target or infohash. One of another length is none.
func (d *decoder) key20() []byte {
	if b := d.octets(&d.wrong); len(b) == IDSize {
		return b
	}
	return nil
}

// flag reads a flag of BEP 33; any number but 1 is as if it were not there.
func (d *decoder) flag(f Flags) {
	if d.integer(&d.wrong) == 1 {
		d.m.Flags |= f
	}
}

// filter reads a filter. One of another length is none.
func (d *decoder) filter() []byte {
	if b := d.octets(&d.wrong); len(b) == FilterSize {
		return b
	}
	return nil
}

// want reads the list of address families; unknown ones may come one day and are passed over.
func (d *decoder) want() {
	s := &d.scan
	if !s.List() {
		d.wrong = true
		s.Skip()
		return
	}
	for s.More() {
		family, ok := s.Bytes()
		if !ok {
			s.Skip()
		}
		switch string(family) {
		case "n4":
			d.m.WantV4 = true
		case "n6":
			d.m.WantV6 = true
		}
	}
}

// values finds the inside of the list of peers.
func (d *decoder) values() {
	s := &d.scan
	if !s.List() {
		d.wrong = true
		s.Skip()
		return
	}
	start, n := s.At(), 0
	for ; s.More(); n++ {
		if _, ok := s.Bytes(); !ok {
			s.Skip()
		}
	}
	if s.Fault() == bencode.OK {
		d.m.Values, d.m.NumValues = d.p[start:s.At()-1], n
	}
}
