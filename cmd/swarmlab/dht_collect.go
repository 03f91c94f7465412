package main

import (
	"github.com/spf13/cobra"

	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
)

func newDHTScrape() *cobra.Command {
	var f dhtFlags
	c := &cobra.Command{
		Use:   "scrape INFOHASH",
		Short: "Estimate how many seeds and other peers a torrent has (BEP 33)",
		Long: `Estimate how many seeds and other peers a torrent has (BEP 33), from the Bloom
filters of the nodes that store them. The estimates are good up to some 6000 of each.`,
		Example: "  swarmlab dht scrape " + exampleID + " " + exampleEntry,
		Args:    dhtArgs("INFOHASH"),
		RunE: func(c *cobra.Command, args []string) error {
			infoHash, err := parseHexID("INFOHASH", args[0])
			if err != nil {
				return err
			}
			return f.lookup(c, dht.Request{Method: krpc.GetPeers, Target: infoHash, Scrape: true})
		},
	}
	f.addLookup(c)
	return c
}

func newDHTSample() *cobra.Command {
	var f dhtFlags
	c := &cobra.Command{
		Use:   "sample [TARGET]",
		Short: "Collect samples of the infohashes that nodes store (BEP 51)",
		Long: `Collect samples of the infohashes that nodes store (BEP 51), on the way to TARGET and
around it. TARGET is an id of 40 hexadecimal digits; a random one is taken without it.`,
		Example: "  swarmlab dht sample " + exampleEntry,
		Args:    atMost(1),
		RunE: func(c *cobra.Command, args []string) error {
			target := randomID()
			if len(args) == 1 {
				var err error
				if target, err = parseHexID("TARGET", args[0]); err != nil {
					return err
				}
			}
			return f.lookup(c, dht.Request{Method: krpc.SampleInfohashes, Target: target})
		},
	}
	f.addLookup(c)
	return c
}
