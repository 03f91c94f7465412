package scenarios

import "swarmlab/netmodel"

// Churn is the coming and going of a group's nodes; the zero value is none. Each node is up for a
// while and down for a while, in turns, all its life on its own.
type Churn struct {
	Session  netmodel.Span        `yaml:"session"`
	Offline  netmodel.Span        `yaml:"offline"`
	Graceful netmodel.Probability `yaml:"graceful"` // share of leaves that are not crashes
	Start    string               `yaml:"start"`    // steady, empty or together
	Table    string               `yaml:"table"`    // lost or kept
}

// None reports whether the nodes stay.
func (c *Churn) None() bool { return c.Session.IsZero() }

// means are the mean session and the mean time offline, each at least 1 ns.
func (c *Churn) means() (session, offline uint64) {
	return max(uint64(c.Session.Mean()), 1), max(uint64(c.Offline.Mean()), 1)
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
		{"graceful", churn.Graceful.String()},
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
