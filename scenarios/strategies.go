package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"swarmlab/netmodel"
	"swarmlab/protocol/client"
	"swarmlab/protocol/swarm"
)

// Strategies says what kinds of peers a group has: the word for one, or a mix by share, as in
// "compliant 80%, free-rider 20%". It is a canonical text, as the file has it.
type Strategies string

const strategiesHelp = `write one, as in compliant, or a mix, as in ` +
	`"compliant 80%, free-rider 20%"`

// strategies are the kinds of peers, in the order of the protocol's constants.
func strategies() []string {
	var words []string
	for s := swarm.Compliant; s <= swarm.Observing; s++ {
		words = append(words, s.String())
	}
	return words
}

func checkStrategy(name string) error {
	if known := strategies(); !slices.Contains(known, name) {
		return fmt.Errorf("%s is no strategy%s", show(name), suggest(name, known))
	}
	return nil
}

func strategyMix() mix { return mix{checkStrategy, strategies(), "strategies", strategiesHelp} }

func parseStrategies(text string) (Strategies, error) {
	canonical, err := strategyMix().parse(text)
	return Strategies(canonical), err
}

// Shares lists the strategies of a mix in the order of the text.
func (s Strategies) Shares() []Share {
	return strategyMix().shares(string(s))
}

// divides tells whether some peers divide their upload and must know how much that is.
func (s Strategies) divides(w *Swarm) bool {
	return w.Choke == "tyrant" || w.Choke == "share" ||
		slices.ContainsFunc(s.Shares(), func(share Share) bool {
			return share.Client == swarm.Tyrannical.String()
		})
}

// Peers is the peers of a group that follow one strategy and cheat in one way: Size nodes, which
// follow each other.
type Peers struct {
	Name     string // in results: the group's; others than the first of a mix have theirs added
	Strategy swarm.Strategy
	Cheat    client.Cheat
	Size     int
}

// Peers divides the group's nodes among its strategies, as Portions does, and those of each among
// the ways to cheat.
func (g *Group) Peers() []Peers {
	var all []Peers
	for n, p := range portions(g.Strategy.Shares(), g.Size) {
		name := g.Name
		if n > 0 {
			name += "-" + p.Client
		}
		for m, of := range portions(g.Cheat.Shares(), p.Size) {
			peers := Peers{Name: name, Size: of.Size,
				Cheat:    client.Cheat(slices.Index(client.Cheats(), of.Client)),
				Strategy: swarm.Strategy(slices.Index(strategies(), p.Client))}
			if m > 0 {
				peers.Name += "-" + of.Client
			}
			all = append(all, peers)
		}
	}
	return all
}

// Stay is a length of time for which a peer stays: never (it does not leave), a time, or a
// distribution as in exponential(1000s). It is a canonical text.
type Stay string

const neverWord = "never"

const stayHelp = "write never, a time as in 45m, or a distribution as in exponential(1000s)"

func parseStay(text string) (Stay, error) {
	if text == neverWord {
		return neverWord, nil
	}
	if !strings.Contains(text, "(") {
		d, err := parseDuration(text)
		if err != nil {
			return "", fmt.Errorf("%s is no stay; %s", show(text), stayHelp)
		}
		return Stay(d.String()), nil
	}
	span, err := netmodel.ParseSpan(text)
	if err == nil && span.File() != "" {
		err = fmt.Errorf("%s: stays are not read from files; %s", show(text), stayHelp)
	}
	return Stay(span.String()), err
}

// Span returns the law of the stay, the zero Span if it is always the same time, and that time.
// ends is false if it has no end.
func (s Stay) Span() (law netmodel.Span, fixed Duration, ends bool) {
	if s == neverWord || s == "" {
		return law, 0, false
	}
	if !strings.Contains(string(s), "(") {
		fixed, err := parseDuration(string(s))
		if err != nil {
			panic("scenarios: a stay is not canonical: " + err.Error())
		}
		return law, fixed, true
	}
	law, err := netmodel.ParseSpan(string(s))
	if err != nil {
		panic("scenarios: a stay is not canonical: " + err.Error())
	}
	return law, 0, true
}
