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

// Profile returns the configuration of a deployed client and whether there is one of that name.
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
		return Config{}, false
	}
	return c, true
}

func (c *Config) libtorrent() {
	c.Alpha, c.QueryTimeout, c.SoftTimeout = 5, 15*time.Second, time.Second
	c.Candidates = 100
	c.Buckets, c.Replacements = []int{128, 64, 32, 16, 8}, 8
	c.Eviction, c.StalenessLimit, c.RemoveAfter = EvictFailed, 1, 15
	c.Upkeep, c.Diverse, c.SecureIDs = UpkeepProbe, true, SecureIDsPreferred
	c.PeerExpiry, c.PeerPorts, c.ReplyPeers = 45*time.Minute, true, 100
	c.WithholdTokens = true
	c.SourceLimit, c.SourceBan = 50, 5*time.Minute
}

func (c *Config) jech() {
	c.Alpha, c.QueryTimeout, c.Tries, c.Candidates = 4, 10*time.Second, 3, 14
	c.Buckets = []int{128, 64, 32, 16, 8}
	c.Admission, c.Eviction, c.StalenessLimit, c.RemoveAfter = AdmitMentioned, EvictFailed, 3, 4
	c.GoodFailures, c.Upkeep, c.ReplyNear = 2, UpkeepAsk, true
	c.TokenRotation, c.TokenPort = 30*time.Minute, true
	c.PeerExpiry, c.PeerPorts = 32*time.Minute, true
	c.Torrents, c.Peers = 16384, 2048
	c.QueryRate, c.QueryBurst = 100, 400
}

func (c *Config) anacrolix() {
	c.Admission, c.Eviction, c.StalenessLimit = AdmitSenders, EvictFailed, 3
	c.Upkeep, c.TokenPeriods = UpkeepCheck, 3
	c.PeerExpiry, c.ReplyPeers = 0, 100
}

func (c *Config) webtorrent() {
	c.K, c.Alpha, c.Candidates = 20, 16, 20
	c.Buckets, c.ReplyContacts = []int{20}, 20
	c.Admission, c.StalenessLimit, c.GoodFor = AdmitSenders, 1, time.Second
	c.Upkeep = UpkeepPing
	c.PeerExpiry, c.ReplyPeers = 0, 100
}
