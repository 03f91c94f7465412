package overlay

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/endpoint"
	"swarmlab/protocol"
	"swarmlab/protocol/live"
)

// NewCommand returns `swarmlab dht`: the Mainline DHT on real sockets.
func NewCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "dht",
		Short: "Run a Mainline DHT node, or ask the network, over real UDP",
		Long: `Run a Mainline DHT node, or ask the network, over real UDP.

The code is the same that the simulator runs. No address is built in: give at least
one node of the network you mean with --bootstrap.`,
		Args: command.Known,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newServe(), newMonitor(), newPing(), newFindNode(), newGetPeers(),
		newAnnounce(), newScrape(), newGet(), newPut(), newKeygen(), newSample(), newCrawl())
	return c
}

// flags are the flags that the commands share.
type flags struct {
	listen    string
	bootstrap []string
	timeout   time.Duration
	json      bool
}

func (f *flags) addListen(c *cobra.Command) {
	c.Flags().StringVar(&f.listen, "listen", "",
		"own `HOST:PORT`; the host also decides between IPv4 and IPv6 "+
			"(default any port, on loopback if all other addresses are)")
}

func (f *flags) addBootstrap(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.bootstrap, "bootstrap", nil,
		"`HOST:PORT` of a node of the network to enter; may be given several times")
}

func (f *flags) addAsking(c *cobra.Command, timeout time.Duration) {
	c.Flags().DurationVar(&f.timeout, "timeout", timeout, "give up after this time")
	c.Flags().BoolVar(&f.json, "json", false, "print one JSON document and nothing else")
}

// check refuses what the flags alone show to be wrong.
func (f *flags) check() error {
	if f.timeout < time.Millisecond {
		return command.Refuse("--timeout %v is too short; give for example 10s", f.timeout)
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
func (f *flags) enter(
	ctx context.Context, flag string, texts []string,
) (*live.Node, []protocol.Addr, error) {
	points := make([]endpoint.Endpoint, 0, len(texts))
	for _, text := range texts {
		e, err := endpoint.Parse(flag, text, false)
		if err != nil {
			return nil, nil, err
		}
		points = append(points, e)
	}
	six := len(points) > 0 && points[0].Is6()
	if f.listen != "" {
		e, err := endpoint.Parse("--listen", f.listen, true)
		if err != nil {
			return nil, nil, err
		}
		six = e.Is6()
	}
	seeds := make([]protocol.Addr, 0, len(points))
	for _, e := range points {
		a, err := e.Resolve(ctx, six)
		if err != nil {
			return nil, nil, err
		}
		seeds = append(seeds, a)
	}
	if f.listen == "" {
		f.listen = endpoint.DefaultListen(six, seeds)
	}
	node, err := live.Listen(f.listen)
	if err != nil {
		return nil, nil, command.Exit(command.Failed, err)
	}
	return node, seeds, nil
}
