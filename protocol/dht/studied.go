package dht

import "time"

// The names of clients that are rebuilt from studies. They are not held against the programs, as
// those of Profiles are, and have what a study says of them; the rest is of BEP 5.
const (
	StudiedMDHT2007 = "mdht-2007"     // the first Mainline client, as Crosby and Wallach met it
	StudiedKad      = "kad-like"      // eMule's Kad, as Steiner, Carra and Biersack describe it
	StudiedUTorrent = "utorrent-like" // as Jimenez, Osmani and Knutsson profiled it
	StudiedNR128    = "nr128"         // what they made of it: pymdht's table of that name
)

// Studied returns the names of the clients that are rebuilt from studies, the oldest first.
func Studied() []string {
	return []string{StudiedMDHT2007, StudiedKad, StudiedUTorrent, StudiedNR128}
}

// studied turns the defaults into a client of a study and reports whether there is one of that
// name.
func (c *Config) studied(name string) bool {
	switch name {
	case StudiedMDHT2007:
		c.mdht2007()
	case StudiedKad:
		c.kad()
	case StudiedUTorrent:
		c.utorrent()
	case StudiedNR128:
		c.nr128()
	default:
		return false
	}
	return true
}

// mdht2007 is khashmir, which the first Mainline clients were made of: a query has 20 s, whoever
// asks is in the table at once and stays there for three failures. Crosby and Wallach, An analysis
// of BitTorrent's two Kademlia-based DHTs (2007), found it to take more than a minute.
func (c *Config) mdht2007() {
	c.Alpha, c.QueryTimeout = 3, 20*time.Second
	c.Admission, c.VerifySenders, c.StalenessLimit = AdmitSenders, false, 3
}

// kad is eMule's Kad on Mainline's messages: three queries in flight, answers of two contacts
// (what it asks for when it looks for content), which have 3 s; buckets of ten, of which five cover
// what one does here, and eight the half of the id space without the own id; deep ones, which have
// few nodes to hold below 40,000, are smaller here. Firewalled nodes take no part in Kad's routing:
// that they fail a quarantine stands for that, and its length is ours. Not modelled: a slow query
// is overtaken and not given up; contacts are checked by their ages; a search ends with the first
// answers from its target's surroundings.
func (c *Config) kad() {
	c.K, c.Alpha, c.QueryTimeout, c.ReplyContacts = 10, 3, 3*time.Second, 2
	c.Buckets = []int{80, 50, 50, 50, 50, 50, 50, 50, 50, 50, 20}
	c.Quarantine = 3 * time.Minute
}

// utorrent is what Sub-second lookups on a large-scale Kademlia-based overlay (P2P 2011) tells of
// uTorrent, which is closed.
func (c *Config) utorrent() {
	c.Alpha, c.QueryTimeout = 4, 2*time.Second
}

// nr128 is the node that the same paper proposes, as pymdht has it: large first buckets, a contact
// that fails is replaced, one is probed every few seconds, and newcomers spend three minutes in
// quarantine. Not modelled: among equally far candidates the one with the shortest round trip is
// asked first; fewer queries after the first peers were found.
func (c *Config) nr128() {
	c.Alpha, c.QueryTimeout, c.Quarantine = 4, 2*time.Second, 3*time.Minute
	c.Buckets, c.Replacements = []int{128, 64, 32, 16, 8}, 8
	c.Eviction, c.StalenessLimit, c.Upkeep = EvictFailed, 1, UpkeepProbe
}
