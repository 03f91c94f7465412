package overlay

import (
	"time"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/identity"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
)

const (
	lookupTimeout = 30 * time.Second
	exampleID     = "0123456789abcdef0123456789abcdef01234567"
)

func newFindNode() *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:     "find-node ID",
		Short:   "Find the nodes closest to an id",
		Example: "  swarmlab dht find-node " + exampleID + " --bootstrap 127.0.0.1:6881",
		Args:    command.Arguments("ID"),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := identity.Parse("ID", args[0])
			if err != nil {
				return err
			}
			return f.lookup(c, dht.Request{Method: krpc.FindNode, Target: id})
		},
	}
	f.addLookup(c)
	return c
}

func newGetPeers() *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:     "get-peers INFOHASH",
		Short:   "Find the peers of a torrent",
		Example: "  swarmlab dht get-peers " + exampleID + " --bootstrap 127.0.0.1:6881",
		Args:    command.Arguments("INFOHASH"),
		RunE: func(c *cobra.Command, args []string) error {
			infoHash, err := identity.Parse("INFOHASH", args[0])
			if err != nil {
				return err
			}
			return f.lookup(c, dht.Request{Method: krpc.GetPeers, Target: infoHash})
		},
	}
	f.addLookup(c)
	return c
}

func newAnnounce() *cobra.Command {
	var f flags
	var port int
	var seed bool
	c := &cobra.Command{
		Use:   "announce INFOHASH --port N",
		Short: "Announce a peer of a torrent at this address",
		Example: "  swarmlab dht announce " + exampleID + " --port 6881 " +
			"--bootstrap 127.0.0.1:6881",
		Args: command.Arguments("INFOHASH"),
		RunE: func(c *cobra.Command, args []string) error {
			infoHash, err := identity.Parse("INFOHASH", args[0])
			if err != nil {
				return err
			}
			if port < 1 || port > 65535 {
				return command.Refuse("--port is missing or not from 1 to 65535; " +
					"give the port where the peer listens")
			}
			return f.lookup(c, dht.Request{
				Method: krpc.AnnouncePeer, Target: infoHash, Port: uint16(port), Seed: seed,
			})
		},
	}
	c.Flags().IntVar(&port, "port", 0, "the `PORT` where the peer listens")
	c.Flags().BoolVar(&seed, "seed", false, "the peer has the whole torrent (BEP 33)")
	f.addLookup(c)
	return c
}

func (f *flags) addLookup(c *cobra.Command) {
	f.addListen(c)
	f.addBootstrap(c)
	f.addAsking(c, lookupTimeout)
}

// lookup enters the network, does one lookup, prints it and leaves.
func (f *flags) lookup(c *cobra.Command, request dht.Request) error {
	return f.lookups(c, request, nil)
}

// lookups does one lookup and then, unless then is nil, another one that follows from it.
func (f *flags) lookups(
	c *cobra.Command, request dht.Request, then func(*dht.Result) dht.Request,
) error {
	if err := f.check(); err != nil {
		return err
	}
	if len(f.bootstrap) == 0 {
		return command.Refuse("--bootstrap is missing: give the HOST:PORT of at least one " +
			"node of the network; none is built in")
	}
	node, seeds, err := f.enter(c.Context(), "--bootstrap", f.bootstrap)
	if err != nil {
		return err
	}
	x := newExplorer(request, seeds, min(greetPatience, f.timeout/2))
	x.then = then
	err = x.explore(c.Context(), node, f.timeout)
	if err == nil {
		err = x.failure()
	}
	r := x.report()
	if err != nil {
		r.Error = err.Error()
	}
	if err != nil && !f.json && len(r.Nodes) == 0 {
		return err
	}
	return command.Print(c, f.json, r, err)
}
