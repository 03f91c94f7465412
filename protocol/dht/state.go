package dht

import (
	"fmt"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// StateContacts is how many contacts of one address family are kept from one run to the next.
const StateContacts = 300

// State is what a node keeps from one run to the next: its id, and whom it knew, those first that
// were good. BEP 5 asks for it, since a node that keeps its place is of more use than a new one.
type State struct {
	ID       krpc.ID
	Contacts []Contact
}

// State returns what node i would want to remember, as of now: at most StateContacts contacts.
func (g *Group) State(i uint32, now protocol.Time) State {
	return State{ID: g.ID(i), Contacts: g.appendKnown(nil, i, now)}
}

// State returns what node i would want to remember of both networks: at most StateContacts of each,
// and its id in that of IPv4.
func (d *Dual) State(i uint32, now protocol.Time) State {
	s := d.four.State(i, now)
	s.Contacts = d.six.appendKnown(s.Contacts, i, now)
	return s
}

// appendKnown appends the contacts of node i, first those that are good.
func (g *Group) appendKnown(dst []Contact, i uint32, now protocol.Time) []Contact {
	start := len(dst)
	for _, wanted := range []bool{true, false} {
		g.EachContact(i, now, func(_ int, c Contact, good bool) {
			if good == wanted && len(dst)-start < StateContacts {
				dst = append(dst, c)
			}
		})
	}
	return dst
}

// Append appends the state in its form for files: a bencoded dictionary with id, the compact forms
// nodes and nodes6 of the first StateContacts contacts of either family, and a version.
func (s State) Append(dst []byte) []byte {
	saved := krpc.Saved{ID: s.ID}
	for _, c := range s.Contacts {
		switch {
		case !usable(c.Addr):
		case c.Addr.Is4() && len(saved.Nodes) < StateContacts*krpc.NodeSize4:
			saved.Nodes = krpc.AppendNode(saved.Nodes, c.ID, c.Addr)
		case !c.Addr.Is4() && len(saved.Nodes6) < StateContacts*krpc.NodeSize6:
			saved.Nodes6 = krpc.AppendNode(saved.Nodes6, c.ID, c.Addr)
		}
	}
	return saved.Append(dst)
}

// ParseState reads what Append wrote, and nothing else. Contacts of IPv4 come first.
func ParseState(b []byte) (State, error) {
	s, err := parseState(b)
	if err != nil {
		return State{}, fmt.Errorf("dht: saved state: %w; without it the node takes a new id and "+
			"joins through its bootstrap nodes, so the file can be removed", err)
	}
	return s, nil
}

func parseState(b []byte) (s State, err error) {
	saved, err := krpc.ParseSaved(b)
	if err != nil {
		return s, err
	}
	s.ID = saved.ID
	if err := s.parse("nodes", krpc.Nodes4(saved.Nodes)); err != nil {
		return s, err
	}
	return s, s.parse("nodes6", krpc.Nodes6(saved.Nodes6))
}

// parse reads the contacts of one family.
func (s *State) parse(key string, nodes krpc.NodeIter) error {
	if nodes.Tail() != 0 || nodes.Len() > StateContacts {
		return fmt.Errorf("%s is not a string of at most %d contacts", key, StateContacts)
	}
	for {
		id, addr, ok := nodes.Next()
		if !ok {
			return nil
		}
		if !usable(addr) || addr.Is4() != (key == "nodes") {
			return fmt.Errorf("%s has the impossible address %v", key, addr)
		}
		s.Contacts = append(s.Contacts, Contact{id, addr})
	}
}

// Remember tells node i, before it starts with an empty table, whom it knew in its last run, the
// best first; what it cannot reach, for want of a socket of that family, the owner leaves out. When
// it joins, it asks them before its seeds. They come into its table as everybody does: by
// answering.
func (g *Group) Remember(i uint32, contacts []Contact) {
	if g.remembered == nil {
		g.remembered = make(map[uint32][]Contact)
	}
	var own []Contact
	for _, c := range contacts {
		if g.reachable(c.Addr) && c.ID != g.nodes[i].id && len(own) < 2*StateContacts {
			own = append(own, c)
		}
	}
	g.remembered[i] = own
}

// Remember tells both networks' nodes, each of its own contacts.
func (d *Dual) Remember(i uint32, contacts []Contact) {
	d.four.Remember(i, contacts)
	d.six.Remember(i, contacts)
}

// recall makes candidates of the contacts that a node remembers and asks the first ones before
// anybody else.
func (g *Group) recall(i uint32, t *protocol.Turn, l *lookup) {
	for _, c := range g.remembered[i] {
		g.enter(l, c.ID, c.Addr, 1)
	}
	if len(g.remembered[i]) == 0 {
		return
	}
	for p := range l.list[:min(len(l.list), g.cfg.Alpha)] {
		_, addr := g.env.Directory.Contact(l.list[p].ref)
		l.list[p].state = inFlight
		g.ask(i, t, l, l.list[p].ref, addr)
	}
}
