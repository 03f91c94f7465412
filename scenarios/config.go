package scenarios

import (
	"math/bits"
	"reflect"
	"slices"
	"strings"

	"swarmlab/protocol/dht"
)

// replyContactsMax keeps every reply below the size that a node may send (BEP 32).
const replyContactsMax = 25

// Nodes is the number of nodes of all groups, which form one network.
func (s *Scenario) Nodes() int {
	nodes := 0
	for i := range s.Groups {
		nodes += s.Groups[i].Size
	}
	return nodes
}

// Config returns the configuration of the group's nodes that run a client: the client's own, where
// the group does not write another value, and tables deep enough for the whole network. The secret
// is left to the caller.
func (s *Scenario) Config(g *Group, client string) dht.Config {
	c, ok := dht.Profile(client)
	if !ok {
		panic("scenarios: no client " + client)
	}
	d := &g.DHT
	own, ownSizes := c.K, c.Buckets
	eachDHT(d, &c, func(_ string, setting, value reflect.Value) {
		if !setting.IsNil() {
			assignSetting(value, setting.Elem())
		}
	})
	switch {
	case len(c.Buckets) == 0: // the word k
		c.Buckets = []int{c.K}
	case d.Buckets == nil && c.K != own:
		c.Buckets = scaled(ownSizes, c.K, own, dht.MaxK)
	}
	switch {
	case c.ReplyContacts == 0:
		c.ReplyContacts = min(c.K, replyContactsMax)
	case d.ReplyContacts == nil && c.K != own:
		c.ReplyContacts = scaled([]int{c.ReplyContacts}, c.K, own, replyContactsMax)[0]
	}
	c.Depth = tableDepth(c.Buckets, s.Nodes())
	return c
}

// scaled returns the sizes that a client with another k would have, up to a bound.
func scaled(sizes []int, k, own, most int) []int {
	out := make([]int, len(sizes))
	for i, size := range sizes {
		out[i] = min((size*k+own-1)/own, most)
	}
	return out
}

// eachDHT calls f with every setting of a node and the value of the same name that the protocol's
// configuration has, and with the setting's key.
func eachDHT(d *DHT, c *dht.Config, f func(key string, setting, value reflect.Value)) {
	settings, config := reflect.ValueOf(d).Elem(), reflect.ValueOf(c).Elem()
	for i := range settings.NumField() {
		field := settings.Type().Field(i)
		f(fieldKey(settings.Type(), i), settings.Field(i), config.FieldByName(field.Name))
	}
}

// assignSetting writes a setting into the protocol's configuration. Policies are words in the file
// and numbers there.
func assignSetting(value, setting reflect.Value) {
	if word, ok := setting.Interface().(Policy); ok {
		value.SetUint(uint64(slices.Index(policyWords(value.Type()), string(word))))
		return
	}
	value.Set(setting.Convert(value.Type()))
}

// ownDHT returns a configuration as settings, every one of them written.
func ownDHT(c dht.Config) *DHT {
	d := &DHT{}
	eachDHT(d, &c, func(_ string, setting, value reflect.Value) {
		fresh := reflect.New(setting.Type().Elem())
		if words := policyWords(value.Type()); words != nil {
			fresh.Elem().SetString(words[value.Uint()])
		} else {
			fresh.Elem().Set(value.Convert(fresh.Elem().Type()))
		}
		setting.Set(fresh)
	})
	return d
}

// Policy is a setting that the protocol has as one of a few constants.
type Policy string

// policyWords are the words for the constants of a policy, in their order.
func policyWords(t reflect.Type) []string {
	switch t {
	case reflect.TypeFor[dht.Admission]():
		return []string{"answered", "senders", "mentioned"}
	case reflect.TypeFor[dht.Eviction]():
		return []string{"challenged", "failed"}
	case reflect.TypeFor[dht.Upkeep]():
		return []string{"refresh", "probe", "ask", "check", "ping"}
	case reflect.TypeFor[dht.SecureIDs]():
		return []string{"ignored", "preferred", "enforced"}
	}
	return nil
}

// tableDepth returns how many buckets a table needs in a network of that size: the expected number,
// and some more. With six more, and buckets of eight, there is one chance in a billion that the
// last one is too small for a node's closest neighbours; smaller buckets need more of them.
func tableDepth(buckets []int, nodes int) int {
	smallest := buckets[len(buckets)-1]
	more := 6
	if smallest < 8 {
		more = 4 + 16/smallest
	}
	return min(bits.Len(uint(nodes/smallest))+more, dht.MaxDepth)
}

// clientValues are the values of the settings that are left to clients, by path: for people, who
// would otherwise have to know the clients. Where the clients of a group differ, each is named.
func (s *Scenario) clientValues() map[string]string {
	values := map[string]string{}
	for i := range s.Groups {
		g := &s.Groups[i]
		clients := s.clientsOf(g)
		texts := map[string][]string{} // by key, one for each client
		for _, client := range clients {
			c := s.Config(g, client)
			eachDHT(ownDHT(c), &c, func(key string, setting, _ reflect.Value) {
				text := flowText(place{value: setting, pattern: dhtPath + key})
				texts[key] = append(texts[key], text)
			})
		}
		for key, list := range texts {
			values["groups."+g.Name+".dht."+key] = joinValues(clients, list)
		}
	}
	return values
}

// joinValues writes the value that clients agree on, or those of all.
func joinValues(clients, values []string) string {
	if len(slices.Compact(slices.Clone(values))) == 1 {
		return values[0]
	}
	parts := make([]string, len(clients))
	for i := range clients {
		parts[i] = clients[i] + " " + values[i]
	}
	return strings.Join(parts, ", ")
}

// clientsOf lists the clients that nodes of a group run in any cell.
func (s *Scenario) clientsOf(g *Group) []string {
	var clients []string
	note := func(c Clients) {
		for _, share := range c.Shares() {
			if !slices.Contains(clients, share.Client) {
				clients = append(clients, share.Client)
			}
		}
	}
	varied := false
	for _, axis := range s.Vary {
		if axis.Path != "groups."+g.Name+".client" {
			continue
		}
		for _, text := range axis.Values {
			if c, err := parseClients(strings.Trim(text, `"`)); err == nil {
				note(c)
				varied = true
			}
		}
	}
	if !varied {
		note(g.Client)
	}
	return clients
}
