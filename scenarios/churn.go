package scenarios

import (
	"time"

	"swarmlab/netmodel"
)

// Churn is the coming and going of a group's nodes; the zero value is none. Each node is up for a
// while and down for a while, in turns, all its life on its own; or as a node of a trace was.
type Churn struct {
	Trace     string               `yaml:"trace"` // a file, relative to the scenario file
	TraceFrom Duration             `yaml:"trace_from"`
	Session   netmodel.Span        `yaml:"session"`
	Offline   netmodel.Span        `yaml:"offline"`
	AlwaysOn  netmodel.Probability `yaml:"always_on"` // share of nodes that never leave
	Arrivals  Arrivals             `yaml:"arrivals"`
	Start     string               `yaml:"start"`    // steady, empty or together
	Graceful  netmodel.Probability `yaml:"graceful"` // share of leaves that are not crashes
	Table     string               `yaml:"table"`    // lost or kept
	Return    string               `yaml:"return"`   // same, new-id, new-address or new
}

// Arrivals is how the rate at which nodes come online differs from time to time; the zero value is
// even. Fields are those of netmodel.Rhythm.
type Arrivals struct {
	Swing  netmodel.Probability `yaml:"swing"`
	Period Duration             `yaml:"period"`
	Peak   Duration             `yaml:"peak"`
	Burst  netmodel.Probability `yaml:"burst"`
}

// None reports whether the nodes stay.
func (c *Churn) None() bool { return c.Session.IsZero() && c.Trace == "" }

// NewID reports whether a node that returns has another id than before.
func (c *Churn) NewID() bool { return c.Return == ReturnNewID || c.Return == ReturnNew }

// NewAddress reports whether a node that returns has another address than before.
func (c *Churn) NewAddress() bool { return c.Return == ReturnNewAddress || c.Return == ReturnNew }

// means are the mean session and the mean time offline, each at least 1 ns. What is in a file is
// guessed: nobody reads it for an estimate.
func (c *Churn) means() (session, offline uint64) {
	return meanOf(c.Session, time.Hour), meanOf(c.Offline, time.Hour)
}

func meanOf(s netmodel.Span, guess time.Duration) uint64 {
	if s.IsZero() || s.File() != "" {
		return uint64(guess)
	}
	return max(uint64(s.Mean()), 1)
}

// checkChurn checks what the settings of one churn do not show alone.
func (s *Scenario) checkChurn(c *complaints, g *Group, path string) {
	a := &g.Churn.Arrivals
	if *a != (Arrivals{}) && a.Peak >= a.Period {
		c.addAt(path+".churn.arrivals.peak", "%s is not below the period, %s; write less", a.Peak,
			a.Period)
	}
}

const presetKey = "preset"

// withPreset replaces a preset by the settings that it stands for, where they are not written
// beside it. Resolved scenarios have these, so they mean the same in any later version.
func (f filler) withPreset(p place, n *treeNode) *treeNode {
	preset := n.child(presetKey)
	if preset == nil {
		return n
	}
	path := under(p.path, presetKey)
	known := netmodel.ChurnPresets()
	churn, ok := netmodel.ChurnPreset(preset.text)
	if preset.kind != scalarNode || !ok {
		f.add(preset.at, "%s: %s is no published churn%s", path, show(preset.text),
			suggest(preset.text, known))
		return nil
	}
	full := &treeNode{kind: mapNode, at: n.at}
	for i, key := range n.keys {
		if key.name != presetKey {
			full.keys, full.items = append(full.keys, key), append(full.items, n.items[i])
		}
	}
	for _, s := range []struct{ key, text string }{
		{"session", churn.Session.String()}, {"offline", churn.Offline.String()},
		{"graceful", churn.Graceful.String()}, {"always_on", churn.AlwaysOn.String()},
	} {
		switch {
		case n.child(s.key) != nil:
		case s.text == "":
			f.add(preset.at, "%s: %s has no published %s; write one beside it, as in "+
				"%s: exponential(30m)", path, preset.text, s.key, s.key)
			return nil
		default:
			full.keys = append(full.keys, treeKey{s.key, preset.at})
			full.items = append(full.items, treeNode{at: preset.at, text: s.text})
		}
	}
	return full
}
