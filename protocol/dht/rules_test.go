package dht

import (
	"fmt"
	"slices"
)

// tableRules reads the settings of a script's node that are about its table, besides those that
// nodeConfig does: admission, eviction and upkeep by name, numbers of remove, reserve and
// goodfails, and the flags near, replygood and diverse.
func tableRules(c *Config, w words) {
	word := func(key string, names ...string) uint8 {
		name := w.get(key, names[0])
		if n := slices.Index(names, name); n >= 0 {
			return uint8(n)
		}
		panic(fmt.Sprintf("%s is no %s: they are %v", name, key, names))
	}
	c.Admission = Admission(word("admission", "answered", "senders", "mentioned"))
	c.Eviction = Eviction(word("eviction", "challenged", "failed"))
	c.Upkeep = Upkeep(word("upkeep", "refresh", "probe", "ask", "check", "ping"))
	w.number("remove", &c.RemoveAfter)
	w.number("reserve", &c.Replacements)
	w.number("goodfails", &c.GoodFailures)
	c.ReplyNear, c.ReplyGood, c.Diverse = w.has("near"), w.has("replygood"), w.has("diverse")
}

func (s *stage) slotNames(g *Group, slots []slot) (names []string) {
	for _, c := range slots {
		if !c.used() {
			break
		}
		name := contactName(g.env.Directory.Contact(c.ref))
		switch {
		case g.isBad(c):
			name += "!"
		case !c.proven():
			name += "*"
		case !g.isGood(c, s.now):
			name += "?"
		}
		names = append(names, name)
	}
	return names
}
