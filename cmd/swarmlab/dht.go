package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/protocol"
	"swarmlab/protocol/live"
)

// newDHTCommand returns `swarmlab dht`: the Mainline DHT on real sockets.
func newDHTCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "dht",
		Short: "Run a Mainline DHT node, or ask the network, over real UDP",
		Long: `Run a Mainline DHT node, or ask the network, over real UDP.

The code is the same that the simulator runs. No address is built in: give at least
one node of the network you mean with --bootstrap.`,
		Args: knownCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newDHTServe(), newDHTMonitor(), newDHTPing(), newDHTFindNode(), newDHTGetPeers(),
		newDHTAnnounce(), newDHTScrape(), newDHTGet(), newDHTPut(), newDHTKeygen(), newDHTSample(),
		newDHTCrawl())
	return c
}

// dhtFlags are the flags that the commands share.
type dhtFlags struct {
	listen    string
	bootstrap []string
	timeout   time.Duration
	json      bool
}

func (f *dhtFlags) addListen(c *cobra.Command) {
	c.Flags().StringVar(&f.listen, "listen", "",
		"own `HOST:PORT`; the host also decides between IPv4 and IPv6 "+
			"(default any port, on loopback if all other addresses are)")
}

func (f *dhtFlags) addBootstrap(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.bootstrap, "bootstrap", nil,
		"`HOST:PORT` of a node of the network to enter; may be given several times")
}

func (f *dhtFlags) addAsking(c *cobra.Command, timeout time.Duration) {
	c.Flags().DurationVar(&f.timeout, "timeout", timeout, "give up after this time")
	c.Flags().BoolVar(&f.json, "json", false, "print one JSON document and nothing else")
}

// check refuses what the flags alone show to be wrong.
func (f *dhtFlags) check() error {
	if f.timeout < time.Millisecond {
		return refuse("--timeout %v is too short; give for example 10s", f.timeout)
	}
	return nil
}

func countOf(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

// enter binds the socket and resolves the addresses that lead into the network. Without --listen,
// the socket is on loopback if all of those are, and takes any port.
func (f *dhtFlags) enter(
	ctx context.Context, flag string, texts []string,
) (*live.Node, []protocol.Addr, error) {
	points := make([]endpoint, 0, len(texts))
	for _, text := range texts {
		e, err := parseEndpoint(flag, text, false)
		if err != nil {
			return nil, nil, err
		}
		points = append(points, e)
	}
	six := len(points) > 0 && points[0].is6()
	if f.listen != "" {
		e, err := parseEndpoint("--listen", f.listen, true)
		if err != nil {
			return nil, nil, err
		}
		six = e.is6()
	}
	seeds := make([]protocol.Addr, 0, len(points))
	for _, e := range points {
		a, err := e.resolve(ctx, six)
		if err != nil {
			return nil, nil, err
		}
		seeds = append(seeds, a)
	}
	if f.listen == "" {
		f.listen = defaultListen(six, seeds)
	}
	node, err := live.Listen(f.listen)
	if err != nil {
		return nil, nil, exit(failed, err)
	}
	return node, seeds, nil
}
