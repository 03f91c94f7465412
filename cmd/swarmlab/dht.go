package main

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/protocol/krpc"
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
		newDHTCrawl(), newDHTCalibrate())
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
		return dhtError(refused, "--timeout %v is too short; give for example 10s", f.timeout)
	}
	return nil
}

// dhtError returns an error for the user, and the exit status it calls for.
func dhtError(code int, format string, args ...any) error {
	return exitError{code, fmt.Errorf(format, args...)}
}

// dhtArgs accepts the arguments with these names.
func dhtArgs(names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return dhtError(refused, "%s is missing; see %s --help", names[len(args)],
				c.CommandPath())
		case len(args) > len(names):
			return dhtError(refused, "%q is one argument too many; see %s --help", args[len(names)],
				c.CommandPath())
		}
		return nil
	}
}

// parseHexID reads a node id or an infohash, called name where it is wrong.
func parseHexID(name, digits string) (krpc.ID, error) {
	id, err := krpc.ParseID(strings.TrimSpace(digits))
	if err != nil {
		return krpc.ID{}, dhtError(refused,
			"%s %.60q is not 40 hexadecimal digits (it has %d characters)",
			name, digits, len(digits))
	}
	return id, nil
}

// systemRandom returns random bytes that nobody can guess.
func systemRandom() (b [krpc.IDSize]byte) {
	rand.Read(b[:]) // never fails: it ends the program instead
	return b
}

func randomID() krpc.ID {
	b := systemRandom()
	return krpc.IDFromBytes(b[:])
}

// inMilliseconds is how documents and people are told a time.
func inMilliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func countOf(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}
