package dht

import "time"

// The names of the profiles.
const (
	ProfileBEP5       = "bep5"       // the specification, where it speaks
	ProfileLibtorrent = "libtorrent" // libtorrent 2.1: qBittorrent, Deluge and others
	ProfileJech       = "jech"       // jech/dht: Transmission
	ProfileAnacrolix  = "anacrolix"  // anacrolix/dht 2
	ProfileWebtorrent = "webtorrent" // bittorrent-dht with k-rpc and k-bucket
)

// Profiles returns the names of the profiles.
func Profiles() []string {
	return []string{ProfileBEP5, ProfileLibtorrent, ProfileJech, ProfileAnacrolix,
		ProfileWebtorrent}
}

// Profile returns the configuration of a client, of Profiles or of Studied, and whether there is
// one of that name.
func Profile(name string) (Config, bool) {
	c := Default()
	switch name {
	case ProfileBEP5:
	case ProfileLibtorrent:
		c.libtorrent()
	case ProfileJech:
		c.jech()
	case ProfileAnacrolix:
		c.anacrolix()
	case ProfileWebtorrent:
		c.webtorrent()
	default:
		if !c.studied(name) {
			return Config{}, false
		}
	}
	return c, true
}

// What the presets below leave out of every client: round trips are not kept; a client's own way of
// starting (they all join by a lookup of their own id here); limits of what is sent; and clients
// that ignore ro (BEP 43), as jech and webtorrent do, insert nobody who sends it here.

// libtorrent is libtorrent 2.1 with its default settings. Not modelled: among equals in a full
// bucket the slowest goes; a contact is forgotten after 20 failures, not 15, where nobody is in
// reserve; a query from a contact clears its failures; items never expire.
func (c *Config) libtorrent() {
	const forever = 7 * 24 * time.Hour // a contact is good as long as it does not fail
	c.Alpha, c.QueryTimeout, c.SoftTimeout = 5, 15*time.Second, time.Second
	c.Candidates = 100
	c.Buckets, c.Depth, c.Replacements = []int{128, 64, 32, 16, 8}, 50, 8
	c.VerifySenders, c.Eviction, c.StalenessLimit, c.RemoveAfter = false, EvictFailed, 1, failsMax
	c.GoodFor, c.ReplyGood = forever, true
	c.Upkeep, c.Diverse, c.SecureIDs = UpkeepProbe, true, SecureIDsPreferred
	c.PeerExpiry, c.PeerPorts, c.ReplyPeers = 45*time.Minute, true, 100
	c.WithholdTokens = true
	c.SourceLimit, c.SourceBan = 50, 5*time.Minute
}

// jech is jech/dht as Transmission 4 has it. Not modelled: a good contact must also have answered
// within two hours; what counts against a contact is queries without an answer so far, not those
// that timed out; contacts to be removed wait for a sweep each 2 to 6 minutes; secrets live for 15
// to 45 minutes at random, not for 30. BEP 33, 44 and 51, which jech does not know, are answered.
func (c *Config) jech() {
	c.Alpha, c.QueryTimeout, c.Tries, c.Candidates = 4, 10*time.Second, 3, 14
	c.Buckets, c.Replacements = []int{128, 64, 32, 16, 8}, 1
	c.Admission, c.VerifySenders = AdmitMentioned, false
	c.Eviction, c.StalenessLimit, c.RemoveAfter = EvictFailed, 3, 4
	c.GoodFailures, c.ReplyGood, c.ReplyNear, c.Upkeep = 2, true, true, UpkeepAsk
	c.TokenRotation, c.TokenPort = 30*time.Minute, true
	c.PeerExpiry, c.PeerPorts = 32*time.Minute, true
	c.Torrents, c.Peers = 16384, 2048
	c.QueryRate, c.QueryBurst = 100, 400
}

// anacrolix is anacrolix/dht 2. Not modelled: only pings of its upkeep count against a contact
// there, not timeouts of lookups; its 160 buckets exist from the start, here the last one is split
// when it is full; its replies are not quite sorted; its bootstrap seeks 16 contacts.
func (c *Config) anacrolix() {
	c.Admission, c.VerifySenders = AdmitSenders, false
	c.Eviction, c.StalenessLimit = EvictFailed, 3
	c.ReplyGood, c.Upkeep, c.TokenPeriods = true, UpkeepCheck, 3
	c.PeerExpiry, c.ReplyPeers = 0, 100
}

// webtorrent is bittorrent-dht 11 with k-rpc and k-bucket. A contact that does not answer is
// removed at once; in a full bucket, those not heard from within ten seconds are pinged for a
// newcomer. Not modelled: 16 queries in flight are the limit of the node there, of a lookup here;
// a sweep of the table stops at its first dead contact there; a known id at another address
// replaces the contact there, here only if that is dead.
func (c *Config) webtorrent() {
	c.K, c.Alpha, c.Candidates = 20, 16, 20
	c.Buckets, c.ReplyContacts = []int{20}, 20
	c.Admission, c.VerifySenders = AdmitSenders, false
	c.StalenessLimit, c.RemoveAfter, c.GoodFor = 1, 1, 10*time.Second
	c.Upkeep = UpkeepPing
	c.PeerExpiry, c.ReplyPeers, c.Items = 0, 100, 1000
}
