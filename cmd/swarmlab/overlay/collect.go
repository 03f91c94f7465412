package overlay

import (
	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/identity"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
)

func newScrape() *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   "scrape INFOHASH",
		Short: "Estimate how many seeds and other peers a torrent has (BEP 33)",
		Long: `Estimate how many seeds and other peers a torrent has (BEP 33), from the Bloom
filters of the nodes that store them. The estimates are good up to some 6000 of each.`,
		Example: "  swarmlab dht scrape " + exampleID + " " + exampleEntry,
		Args:    command.Arguments("INFOHASH"),
		RunE: func(c *cobra.Command, args []string) error {
			infoHash, err := identity.Parse("INFOHASH", args[0])
			if err != nil {
				return err
			}
			return f.lookup(c, dht.Request{Method: krpc.GetPeers, Target: infoHash, Scrape: true})
		},
	}
	f.addLookup(c)
	return c
}

func newSample() *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:   "sample [TARGET]",
		Short: "Collect samples of the infohashes that nodes store (BEP 51)",
		Long: `Collect samples of the infohashes that nodes store (BEP 51), on the way to TARGET and
around it. TARGET is an id of 40 hexadecimal digits; a random one is taken without it.`,
		Example: "  swarmlab dht sample " + exampleEntry,
		Args:    command.AtMost(1),
		RunE: func(c *cobra.Command, args []string) error {
			target := identity.New()
			if len(args) == 1 {
				var err error
				if target, err = identity.Parse("TARGET", args[0]); err != nil {
					return err
				}
			}
			return f.lookup(c, dht.Request{Method: krpc.SampleInfohashes, Target: target})
		},
	}
	f.addLookup(c)
	return c
}
