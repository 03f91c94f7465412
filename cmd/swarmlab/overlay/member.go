package overlay

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/endpoint"
	"swarmlab/cmd/swarmlab/identity"
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/protocol/live"
)

// keepEvery is the time between two writings of a node's file while it runs.
const keepEvery = 5 * time.Minute

// serveFlags are the flags of a node that stays.
type serveFlags struct {
	listen, bootstrap []string
	id, client, state string
	every             time.Duration
	json              bool
}

func (f *serveFlags) add(c *cobra.Command, every time.Duration) {
	c.Flags().StringArrayVar(&f.listen, "listen", nil,
		"own `HOST:PORT`; once for IPv4, once for IPv6, or both "+
			"(default any port, on loopback if all --bootstrap are)")
	c.Flags().StringArrayVar(&f.bootstrap, "bootstrap", nil,
		"`HOST:PORT` of a node of the network to enter; may be given several times")
	c.Flags().StringVar(&f.id, "id", "", "own node id, 40 `HEX` digits (default random)")
	c.Flags().StringVar(&f.client, "client", dht.ProfileBEP5,
		"behave like `CLIENT`: "+strings.Join(dht.Profiles(), ", "))
	c.Flags().StringVar(&f.state, "state", "",
		"`FILE` that keeps id and table from one run to the next")
	c.Flags().DurationVar(&f.every, "every", every, "time between two looks at the state")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON, an object a line")
}

// member is a node of one network or of both, ready to run.
type member struct {
	node   *live.Node
	groups []*dht.Group // one a family, IPv4 first
	core   protocol.Datagrams
	file   *stateFile // where it keeps its state; nil: nowhere
}

// member makes what the flags say. The caller runs or closes the node, and then closes the member.
func (f *serveFlags) member(ctx context.Context) (*member, error) {
	cfg, ok := dht.Profile(f.client)
	if !ok {
		return nil, command.Refuse("--client %q is not known; take one of %s", f.client,
			strings.Join(dht.Profiles(), ", "))
	}
	m := &member{}
	saved, err := m.saved(f)
	var seeds []protocol.Addr
	if err == nil {
		m.node, seeds, err = f.enter(ctx)
	}
	if err == nil && m.file != nil {
		// Now, and not after hours, is the time to learn that it cannot be written.
		if err = m.file.write(saved.Append(nil)); err != nil {
			err = command.Exit(command.Failed, err)
			m.node.Close()
		}
	}
	if err != nil {
		m.close()
		return nil, err
	}
	m.settle(cfg, saved, seeds)
	return m, nil
}

// close lets others have the file.
func (m *member) close() {
	if m.file != nil {
		m.file.close()
	}
}

// settle makes the cores for the node's addresses.
func (m *member) settle(cfg dht.Config, saved dht.State, seeds []protocol.Addr) {
	if cfg.SecureIDs == dht.SecureIDsIgnored {
		cfg.SecureIDs = dht.SecureIDsPreferred // a real node takes the id that its address demands
	}
	if cfg.SourceLimit == 0 {
		cfg.SourceLimit, cfg.SourceBan = endpoint.SourceLimit, 5*time.Minute
	}
	for _, a := range m.node.Addrs() {
		if a.AddrPort().Addr().IsLoopback() {
			cfg.SourceLimit, cfg.Diverse = 0, false
		}
	}
	for _, a := range m.node.Addrs() {
		g := newServing(cfg, seedsOf(a.Is4(), seeds))
		g.Assign(0, saved.ID)
		var known []dht.Contact
		for _, c := range saved.Contacts {
			if c.Addr.Is4() == a.Is4() {
				known = append(known, c)
			}
		}
		g.Remember(0, known)
		m.groups = append(m.groups, g)
	}
	m.core = m.groups[0]
	if len(m.groups) == 2 {
		m.core = dht.NewDual(m.groups[0], m.groups[1])
	}
}

// newServing returns a group of one node that joins through seeds and stays.
func newServing(cfg dht.Config, seeds []protocol.Addr) *dht.Group {
	b := identity.Random()
	copy(cfg.Secret[:], b[:])
	group, err := dht.New(cfg, dht.Env{
		Directory: dht.NewBook(),
		Seeds: func(_ uint32, dst []protocol.Addr) []protocol.Addr {
			return append(dst, seeds...)
		},
	}, 1)
	if err != nil {
		panic(err) // profiles are valid
	}
	return group
}

func seedsOf(four bool, all []protocol.Addr) (seeds []protocol.Addr) {
	for _, a := range all {
		if a.Is4() == four {
			seeds = append(seeds, a)
		}
	}
	return seeds
}

// remember returns what the node keeps for its next run.
func (m *member) remember(now protocol.Time) dht.State {
	s := m.groups[0].State(0, now)
	for _, g := range m.groups[1:] {
		s.Contacts = append(s.Contacts, g.State(0, now).Contacts...)
	}
	return s
}

// saved takes the node's file and returns what the node starts with: what is in it, or else what
// the flags say.
func (m *member) saved(f *serveFlags) (s dht.State, err error) {
	s.ID = identity.New()
	if f.state != "" {
		var b []byte
		if m.file, b, err = openStateFile(f.state); err != nil {
			return s, command.Refuse("--state %s: %w; give another file", f.state, err)
		}
		if b != nil {
			if s, err = dht.ParseState(b); err != nil {
				return s, command.Refuse("--state %s: %w; if it is not this node's, give "+
					"another file", f.state, err)
			}
		}
	}
	if f.id != "" {
		var id krpc.ID
		if id, err = identity.Parse("--id", f.id); err != nil {
			return s, err
		}
		s.ID = id
	}
	return s, nil
}

// enter binds a socket for each address and resolves the addresses that lead into the network.
func (f *serveFlags) enter(ctx context.Context) (*live.Node, []protocol.Addr, error) {
	if len(f.listen) < 2 {
		one := flags{listen: strings.Join(f.listen, "")}
		return one.enter(ctx, "--bootstrap", f.bootstrap)
	}
	points, err := endpoint.BothFamilies(f.listen)
	if err != nil {
		return nil, nil, err
	}
	var seeds []protocol.Addr
	for _, text := range f.bootstrap {
		e, err := endpoint.Parse("--bootstrap", text, false)
		if err != nil {
			return nil, nil, err
		}
		a, err := e.Resolve(ctx, e.Is6())
		if err != nil {
			return nil, nil, err
		}
		seeds = append(seeds, a)
	}
	node, err := live.Listen(points[0].Text, points[1].Text)
	if err != nil {
		return nil, nil, command.Exit(command.Failed, err)
	}
	return node, seeds, nil
}
