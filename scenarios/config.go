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

var dhtRules = []rule{
	{path: "groups.NAME.dht.k", limits: "1..128",
		meaning: "closest nodes that a lookup finds. Where it is written, buckets and " +
			"reply_contacts that are left to the client change in proportion"},
	{path: "groups.NAME.dht.alpha", limits: "1..32",
		meaning: "queries that a lookup keeps in flight"},
	{path: "groups.NAME.dht.query_timeout", limits: "1ms..1h",
		meaning: "a query without a reply for this long has failed"},
	{path: "groups.NAME.dht.soft_timeout", limits: "1ms..30m", word: "never",
		meaning: "a lookup stops counting a query among its alpha after this"},
	{path: "groups.NAME.dht.tries", limits: "1..10",
		meaning: "queries without an answer after which a lookup gives a candidate up"},
	{path: "groups.NAME.dht.candidates", limits: "1..4096", word: "plenty",
		meaning: "most contacts that a lookup remembers"},
	{path: "groups.NAME.dht.rounds",
		meaning: "true: a lookup waits for all its queries before it sends the next ones"},
	{path: "groups.NAME.dht.buckets", limits: "1..128", word: "k",
		meaning: "bucket sizes by depth, the last one repeats: [128, 64, 32, 8]; k: all of size k"},
	{path: "groups.NAME.dht.replacements", limits: "0..64",
		meaning: "contacts kept beside a full bucket, to replace those that fail"},
	{path: "groups.NAME.dht.admission", limits: "answered|senders|mentioned",
		meaning: "who enters the table: who answered a query; also who sent one; also whom a " +
			"reply mentions"},
	{path: "groups.NAME.dht.verify_senders",
		meaning: "ping unknown senders of queries before they may enter the table"},
	{path: "groups.NAME.dht.quarantine", limits: "1s..168h", word: noneWord,
		meaning: "ping them this long after their first query, when NATs have forgotten it; " +
			"none: at once"},
	{path: "groups.NAME.dht.eviction", limits: "challenged|failed",
		meaning: "who leaves a full bucket for a newcomer: a contact that is not good and does " +
			"not answer when it is pinged; or one that had failed before, nobody being asked"},
	{path: "groups.NAME.dht.staleness_limit", limits: "1..15",
		meaning: "failed queries in a row after which a contact is replaced"},
	{path: "groups.NAME.dht.remove_after", limits: "1..15", word: "never",
		meaning: "failed queries in a row after which it goes even without a replacement"},
	{path: "groups.NAME.dht.good_for", limits: "1s..168h",
		meaning: "a contact is good for this long after it was last heard of (BEP 5)"},
	{path: "groups.NAME.dht.good_failures", limits: "0..15",
		meaning: "most failed queries in a row of a contact that is still good"},
	{path: "groups.NAME.dht.upkeep", limits: "refresh|probe|ask|check|ping",
		meaning: "how the table is kept: refresh buckets without news by lookups; probe the " +
			"contact longest not asked; ask a member of such a bucket; check questionable " +
			"contacts each minute; ping all of a table without news"},
	{path: "groups.NAME.dht.refresh", limits: "1s..168h", word: "never",
		meaning: "a bucket without news for this long is refreshed; never: no refresh"},
	{path: "groups.NAME.dht.diverse",
		meaning: "true: one contact of a /24 in a bucket and in a lookup, one of an IP address " +
			"in a table, and ids spread over a bucket"},
	{path: "groups.NAME.dht.secure_ids", limits: "ignored|preferred|enforced",
		meaning: "what ids that are not bound to their addresses (BEP 42) are worth"},
	{path: "groups.NAME.dht.reply_contacts", limits: "1..25", word: "k",
		meaning: "contacts in a reply (beta in the literature); k: as many as k, at most 25"},
	{path: "groups.NAME.dht.reply_near",
		meaning: "true: replies tell only of the target's bucket and the two beside it"},
	{path: "groups.NAME.dht.reply_good",
		meaning: "true: replies tell only of good contacts; otherwise of all that are not bad"},
	{path: "groups.NAME.dht.token_rotation", limits: "1s..168h",
		meaning: "there is a new token for announcing after each of these"},
	{path: "groups.NAME.dht.token_periods", limits: "2..12",
		meaning: "how many tokens are accepted, the newest ones"},
	{path: "groups.NAME.dht.peer_expiry", limits: "1s..168h", word: "never",
		meaning: "an announced peer is forgotten after this"},
	{path: "groups.NAME.dht.reply_peers", limits: "1..100",
		meaning: "most peers in one reply to get_peers"},
	{path: "groups.NAME.dht.torrents", limits: "1..1000000",
		meaning: "most infohashes that a node stores peers of"},
	{path: "groups.NAME.dht.peers", limits: "1..65536",
		meaning: "most peers that a node stores of one infohash"},
	{path: "groups.NAME.dht.source_limit", limits: "1..1000000", word: noneWord,
		meaning: "a source that sends this many datagrams in ten seconds is not heard for " +
			"source_ban"},
	{path: "groups.NAME.dht.source_ban", limits: "1s..168h", word: noneWord,
		meaning: "how long such a source is not heard"},
	{path: "groups.NAME.dht.query_rate", limits: "1..1000000", word: noneWord,
		meaning: "most queries of all sources that are answered in a second"},
	{path: "groups.NAME.dht.query_burst", limits: "0..1000000",
		meaning: "and how many may come at once"},
}
