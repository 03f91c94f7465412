package scenarios

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"swarmlab/netmodel"
	"swarmlab/protocol/dht"
)

// Clients says which clients the nodes of a group run: the name of one, or a mix by share, as in
// "libtorrent 60%, jech 40%". It is a canonical text, as the file has it.
type Clients string

// Share is one client of a mix. The shares of a mix come to exactly one.
type Share struct {
	Client string // a name of dht.Profiles
	Share  netmodel.Probability
}

const clientsHelp = `write one, as in libtorrent, or a mix, as in "libtorrent 60%, jech 40%"`

// parseClients reads one client or a mix and writes it canonically.
func parseClients(text string) (Clients, error) {
	canonical, err := clientMix().parse(text)
	return Clients(canonical), err
}

func clientMix() mix { return mix{checkClient, knownClients(), "clients", clientsHelp} }

// mix reads what is one word or several by share.
type mix struct {
	check func(name string) error
	known []string
	kind  string // what they are
	help  string // for who wrote something else
}

// parse reads one word or a mix and writes it canonically.
func (m mix) parse(text string) (string, error) {
	if !strings.ContainsAny(text, ", %") {
		return text, m.check(text)
	}
	shares, err := m.read(text)
	if err != nil {
		return "", err
	}
	sum, names := uint64(0), []string{}
	for _, s := range shares {
		if slices.Contains(names, s.Client) {
			return "", fmt.Errorf("%s is there twice; add its shares up", s.Client)
		}
		names = append(names, s.Client)
		sum += uint64(s.Share)
	}
	if sum != uint64(netmodel.Certain) {
		return "", fmt.Errorf("the shares come to %v; they must come to 100%%",
			netmodel.Probability(sum))
	}
	if len(shares) == 1 {
		return shares[0].Client, nil
	}
	items := make([]string, len(shares))
	for i, s := range shares {
		items[i] = s.Client + " " + s.Share.String()
	}
	return strings.Join(items, ", "), nil
}

func (m mix) read(text string) ([]Share, error) {
	var shares []Share
	for item := range strings.SplitSeq(text, ",") {
		name, part, found := strings.Cut(strings.TrimSpace(item), " ")
		if err := m.check(name); err != nil {
			return nil, err
		}
		if !found {
			return nil, fmt.Errorf("%s has no share; %s", name, m.help)
		}
		share, err := netmodel.ParseProbability(strings.TrimSpace(part))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if share == 0 {
			return nil, fmt.Errorf("%s has a share of nothing; leave it out", name)
		}
		shares = append(shares, Share{name, share})
		if len(shares) > len(m.known) {
			return nil, fmt.Errorf("there are only %d %s; name each once", len(m.known), m.kind)
		}
	}
	return shares, nil
}

// shares lists what a canonical text has.
func (m mix) shares(text string) []Share {
	if !strings.Contains(text, " ") {
		return []Share{{text, netmodel.Certain}}
	}
	shares, err := m.read(text)
	if err != nil {
		panic("scenarios: a mix is not canonical: " + err.Error())
	}
	return shares
}

// knownClients are the deployed ones, and then those rebuilt from studies.
func knownClients() []string { return append(dht.Profiles(), dht.Studied()...) }

func checkClient(name string) error {
	if known := knownClients(); !slices.Contains(known, name) {
		return fmt.Errorf("%s is no client%s", show(name), suggest(name, known))
	}
	return nil
}

// Shares lists the clients of a mix in the order of the text.
func (c Clients) Shares() []Share {
	return clientMix().shares(string(c))
}

// Portion is the nodes of a group that run one client: Size nodes, which follow each other.
type Portion struct {
	Client string
	Size   int
}

// Portions divides the group's nodes among its clients, in the order of the text. A client that is
// due less than half a node has none, and is left out.
func (g *Group) Portions() []Portion { return portions(g.Client.Shares(), g.Size) }

func portions(shares []Share, size int) []Portion {
	var portions []Portion
	share, given := uint64(0), 0
	for _, s := range shares {
		share += uint64(s.Share)
		hi, lo := bits.Mul64(share, uint64(size))
		lo, carry := bits.Add64(lo, uint64(netmodel.Certain)/2, 0)
		upTo, _ := bits.Div64(hi+carry, lo, uint64(netmodel.Certain))
		if size := int(upTo) - given; size > 0 {
			portions = append(portions, Portion{s.Client, size})
			given += size
		}
	}
	return portions
}

// IDs says how the nodes of a group come by their ids: "random", or "secure": bound to their
// addresses (BEP 42); "secure 80%" is a share of the nodes, the others being random.
type IDs string

const (
	idsRandom = "random"
	idsSecure = "secure"
)

func parseIDs(text string) (IDs, error) {
	word, part, shared := strings.Cut(text, " ")
	switch {
	case (word == idsRandom || word == idsSecure) && !shared:
		return IDs(word), nil
	case word != idsSecure:
		return "", fmt.Errorf(`%s is not a way to have ids; write random, secure or "secure 80%%"`,
			show(text))
	}
	share, err := netmodel.ParseProbability(strings.TrimSpace(part))
	switch {
	case err != nil:
		return "", err
	case share == 0:
		return idsRandom, nil
	case share == netmodel.Certain:
		return idsSecure, nil
	}
	return IDs(idsSecure + " " + share.String()), nil
}

// Secure returns the share of nodes whose ids are bound to their addresses.
func (ids IDs) Secure() netmodel.Probability {
	switch _, part, shared := strings.Cut(string(ids), " "); {
	case shared:
		share, err := netmodel.ParseProbability(part)
		if err != nil {
			panic("scenarios: the share of secure ids is not canonical: " + err.Error())
		}
		return share
	case ids == idsSecure:
		return netmodel.Certain
	}
	return 0
}
