package torrents

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/endpoint"
	"swarmlab/protocol"
	"swarmlab/protocol/metainfo"
)

// Flags are the flags of a client that takes part in a torrent.
type Flags struct {
	dir                      string
	listen, peers, bootstrap []string
	maxUp, maxDown           string
	JSON                     bool
}

func (f *Flags) add(c *cobra.Command, dir string) {
	c.Flags().StringVar(&f.dir, "dir", ".", dir)
	f.AddPlaces(c)
	c.Flags().StringVar(&f.maxUp, "max-up", "",
		"send at most this `RATE`, a second, as in 500KiB or 2MiB (default no limit)")
	c.Flags().StringVar(&f.maxDown, "max-down", "",
		"receive at most this `RATE`, a second (default no limit)")
}

// AddPlaces adds the flags that name addresses.
func (f *Flags) AddPlaces(c *cobra.Command) {
	c.Flags().StringArrayVar(&f.listen, "listen", nil,
		"own `HOST:PORT`, for TCP and UDP; the host also decides between IPv4 and IPv6; for both, "+
			"give one of each, with the same port (default any port, on loopback if all other "+
			"addresses are)")
	c.Flags().StringArrayVar(&f.peers, "peer", nil,
		"`HOST:PORT` of a peer to connect to; may be given several times")
	c.Flags().StringArrayVar(&f.bootstrap, "bootstrap", nil,
		"`HOST:PORT` of a node of the DHT to enter; may be given several times")
}

// places are the addresses that the flags and the torrent name.
type places struct {
	listen       []string
	six          bool // the family of the DHT and the trackers
	both         bool // peers may be of either
	peers, nodes []protocol.Addr
}

// places finds the addresses. Those of the flags must be right and, unless it is given addresses of
// both to listen on, of one family; those that strangers wrote into the torrent are left out if
// they are not.
func (f *Flags) places(ctx context.Context, of *Source) (p places, err error) {
	points := map[string][]endpoint.Endpoint{}
	var first *endpoint.Endpoint
	for _, flag := range []struct {
		name  string
		texts []string
	}{{"--peer", f.peers}, {"--bootstrap", f.bootstrap}} {
		for _, text := range flag.texts {
			e, err := endpoint.Parse(flag.name, text, false)
			if err != nil {
				return p, err
			}
			points[flag.name] = append(points[flag.name], e)
			if first == nil {
				first = &e
			}
		}
	}
	p.six = first != nil && first.Is6()
	if err = p.settle(f.listen); err != nil {
		return p, err
	}
	if p.peers, err = p.resolveAll(ctx, points["--peer"], p.both); err != nil {
		return p, err
	}
	if p.nodes, err = p.resolveAll(ctx, points["--bootstrap"], false); err != nil {
		return p, err
	}
	if len(p.listen) == 0 {
		all := append(append([]protocol.Addr(nil), p.peers...), p.nodes...)
		if len(of.Trackers)+len(of.peers)+len(of.nodes) > 0 {
			all = nil // these may be anywhere
		}
		p.listen = []string{endpoint.DefaultListen(p.six, all)}
	}
	p.peers = append(p.peers, p.namedIn(ctx, of.peers, p.both)...)
	p.nodes = append(p.nodes, p.namedIn(ctx, of.nodes, false)...)
	return p, nil
}

// settle decides on the families by --listen, if it was given. Peers hear of one port only, at
// which both addresses must listen, and the DHT and the trackers have a part of IPv4.
func (p *places) settle(listen []string) error {
	p.listen = listen
	switch len(listen) {
	case 0:
		return nil
	case 1:
		e, err := endpoint.Parse("--listen", listen[0], true)
		p.six = e.Is6()
		return err
	}
	points, err := endpoint.BothFamilies(listen)
	if err != nil {
		return err
	}
	if points[0].Port != points[1].Port || points[0].Port == 0 {
		return command.Refuse("--listen %q and %q: peers are told of one port; give both the "+
			"same, and not 0", listen[0], listen[1])
	}
	p.listen, p.six, p.both = []string{points[0].Text, points[1].Text}, false, true
	return nil
}

// resolveAll looks all up, in the family that each is of if they may be of either.
func (p *places) resolveAll(
	ctx context.Context, points []endpoint.Endpoint, either bool,
) (all []protocol.Addr, err error) {
	for _, e := range points {
		a, err := e.Resolve(ctx, p.six || either && e.Is6())
		if err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// namedIn resolves the addresses that are in a torrent, as far as possible.
func (p *places) namedIn(
	ctx context.Context, named []metainfo.Endpoint, either bool,
) (all []protocol.Addr) {
	for _, n := range named {
		e, err := endpoint.Parse("", n.String(), false)
		if err != nil {
			continue
		}
		if a, err := e.Resolve(ctx, p.six || either && e.Is6()); err == nil {
			all = append(all, a)
		}
	}
	return all
}

// limits reads the rates, in bytes a second.
func (f *Flags) limits() (up, down uint64, err error) {
	if up, err = ParseRate("--max-up", f.maxUp); err == nil {
		down, err = ParseRate("--max-down", f.maxDown)
	}
	return up, down, err
}

// rateMost is far beyond any line, and so small that nothing overflows.
const rateMost = 1 << 40

// ParseRate reads bytes a second, as in 500KiB, 2MiB/s or 100000; k and M are 1024 and its square,
// as in --piece-length. Nothing is 0, for no limit.
func ParseRate(flag, text string) (uint64, error) {
	if text == "" {
		return 0, nil
	}
	whole := strings.TrimSuffix(strings.ToLower(strings.TrimSpace(text)), "/s")
	digits := strings.TrimRight(whole, "bkmgi ")
	unit, ok := map[string]uint64{
		"": 1, "b": 1, "k": 1 << 10, "kb": 1 << 10, "kib": 1 << 10, "m": 1 << 20, "mb": 1 << 20,
		"mib": 1 << 20, "g": 1 << 30, "gb": 1 << 30, "gib": 1 << 30,
	}[strings.TrimSpace(whole[len(digits):])]
	n, err := strconv.ParseUint(digits, 10, 40)
	if !ok || err != nil || n > rateMost/unit || n*unit < 1<<10 {
		return 0, command.Refuse("%s %q is not a rate of at least 1KiB a second; write for "+
			"example 500KiB or 2MiB", flag, text)
	}
	return n * unit, nil
}

// checkDir refuses a folder that is none. One that is to be written to need not be there yet.
func (f *Flags) checkDir(write bool) error {
	about, err := os.Stat(f.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist) && write:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return command.Refuse("--dir %s: there is no such folder; name the one that the "+
			"torrent's content is in", f.dir)
	case err != nil:
		return command.Exit(command.Refused, err)
	case !about.IsDir():
		return command.Refuse("--dir %s is no folder; name one", f.dir)
	}
	return nil
}

// Source is what is known of a torrent at the start, from a file or a link.
type Source struct {
	Hash         metainfo.Hash
	Name         string
	Info         *metainfo.Info // nil until a link's metadata is there
	Trackers     [][]string
	peers, nodes []metainfo.Endpoint
}

// ReadSource reads a .torrent file or, if links may be, a magnet link.
func ReadSource(text string, links bool) (*Source, error) {
	if !links || !metainfo.IsMagnet(text) {
		if metainfo.IsMagnet(text) {
			return nil, command.Refuse("a link does not say which pieces there are; give the " +
				".torrent file, or use torrent download with --seed-for")
		}
		t, err := readTorrent(text)
		if err != nil {
			return nil, err
		}
		return &Source{Hash: t.Info.Hash, Name: t.Info.Name, Info: t.Info,
			Trackers: t.Trackers, nodes: t.Nodes}, nil
	}
	m, err := readMagnet(text)
	if err != nil {
		return nil, err
	}
	if len(m.Select) > 0 {
		return nil, command.Refuse("the link asks for some of the files only (so=, BEP 53), " +
			"and only all of them can be downloaded here; take &so=... out of the link to do so")
	}
	s := &Source{Hash: m.Hash, Name: m.Name, peers: m.Peers, nodes: m.Nodes}
	if s.Name == "" {
		s.Name = m.Hash.String()
	}
	for _, url := range m.Trackers {
		s.Trackers = append(s.Trackers, []string{url})
	}
	return s, nil
}
