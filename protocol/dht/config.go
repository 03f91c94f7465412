package dht

import (
	"fmt"
	"time"
)

// Limits of the configuration. They bound scratch memory and keep every reply within the 1024
// bytes that a node may send (BEP 32).
const (
	MaxK          = 128
	MaxAlpha      = 32
	MaxDepth      = 160
	MaxReplyPeers = 100 // of IPv4; a reply has room for 88 beside 8 contacts

	MaxSampleInterval = 6 * time.Hour // BEP 51
)

// Config is everything about a node's behaviour that a parameter study would vary. Profile has that
// of deployed clients.
type Config struct {
	// Lookups.
	K            int           // closest contacts a lookup seeks, and the default of two others
	Alpha        int           // queries of one lookup in flight
	QueryTimeout time.Duration // an unanswered query is given up after this
	SoftTimeout  time.Duration // a lookup then counts it no more among its alpha; 0: never
	Tries        int           // queries without an answer that make a candidate dead
	Candidates   int           // most contacts that a lookup remembers; 0: plenty for K
	Rounds       bool          // synchronous rounds: no query before the whole round is answered

	// The table.
	Buckets        []int         // bucket sizes by depth (shared bits); the last one repeats
	Depth          int           // most buckets of a table; deeper contacts share the last one
	Replacements   int           // contacts kept beside a full bucket, to replace those that fail
	Admission      Admission     // who enters
	VerifySenders  bool          // AdmitAnswered: ping unknown askers, so that they can enter
	Quarantine     time.Duration // VerifySenders: ping them after this; 0: at once
	Eviction       Eviction      // who leaves
	StalenessLimit int           // failures in a row that make a contact bad, 1 to 15
	RemoveAfter    int           // failures in a row after which it goes in any case; 0: never
	GoodFor        time.Duration // a contact heard from within this time is good
	GoodFailures   int           // most failures in a row of a good contact
	Upkeep         Upkeep        // how the table is kept
	Refresh        time.Duration // a bucket unchanged for this long is refreshed; 0: never
	Diverse        bool          // one contact a /24 (IPv4) or /64 in a bucket, and in a lookup;
	//                              one an IP address in a table; ids spread over a bucket
	SecureIDs SecureIDs // BEP 42

	// Answers.
	ReplyContacts  int           // contacts in a reply: beta in the literature
	ReplyNear      bool          // only from the target's bucket and the two beside it
	ReplyGood      bool          // only good ones; otherwise all that are not bad
	ReadOnly       bool          // ask, but answer no queries, and say so in ours (BEP 43)
	TokenRotation  time.Duration // a new token each of these
	TokenPeriods   int           // how many tokens are accepted: the newest ones, 2 or more
	TokenPort      bool          // a token is bound also to the asker's port
	PeerExpiry     time.Duration // an announced peer is forgotten after this; 0: never
	PeerPorts      bool          // peers of one IP address differ by their ports
	ReplyPeers     int           // most peers in one reply
	Torrents       int           // most infohashes a node stores peers of
	Peers          int           // most peers a node stores of one infohash
	WithholdTokens bool          // no token where there is no room to store (BEP 33)
	SampleInterval time.Duration // a sample of the infohashes is kept for this long (BEP 51)
	ItemExpiry     time.Duration // an item is forgotten this long after its last put (BEP 44)
	Items          int           // most items a node stores

	// Protection. A source that sends SourceLimit datagrams within ten seconds is not heard for
	// SourceBan. Of all queries, QueryRate a second are answered after a burst of QueryBurst.
	SourceLimit int // 0: none
	SourceBan   time.Duration
	QueryRate   int // 0: no limit
	QueryBurst  int

	Secret [16]byte // key of the write tokens; a real node draws it from the system
}

// Default returns BEP 5's constants, and where it has none, those of common clients.
func Default() Config {
	return Config{
		K: 8, Alpha: 3, QueryTimeout: 2 * time.Second, Tries: 1,
		Buckets: []int{8}, Depth: MaxDepth, VerifySenders: true, StalenessLimit: 2,
		GoodFor: 15 * time.Minute, Refresh: 15 * time.Minute,
		ReplyContacts: 8, TokenRotation: 5 * time.Minute, TokenPeriods: 2,
		PeerExpiry: 30 * time.Minute, ReplyPeers: 50, Torrents: 2000, Peers: 500,
		SampleInterval: MaxSampleInterval, ItemExpiry: 2 * time.Hour, Items: 700,
	}
}

// Validate returns the first setting that is out of its range.
func (c *Config) Validate() error {
	ints := []struct {
		name      string
		v, lo, hi int
	}{
		{"k", c.K, 1, MaxK},
		{"depth", c.Depth, 1, MaxDepth},
		{"alpha", c.Alpha, 1, MaxAlpha},
		{"reply_contacts", c.ReplyContacts, 1, maxReplyContacts},
		{"staleness_limit", c.StalenessLimit, 1, failsMax},
		{"reply_peers", c.ReplyPeers, 1, MaxReplyPeers},
		{"torrents", c.Torrents, 1, 1 << 20},
		{"peers", c.Peers, 1, 1 << 16},
		{"items", c.Items, 1, 1 << 16},
		{"tries", c.Tries, 1, 10},
		{"candidates", c.Candidates, 0, 1 << 12},
		{"replacements", c.Replacements, 0, 64},
		{"admission", int(c.Admission), 0, int(numAdmissions) - 1},
		{"eviction", int(c.Eviction), 0, int(numEvictions) - 1},
		{"upkeep", int(c.Upkeep), 0, int(numUpkeeps) - 1},
		{"secure_ids", int(c.SecureIDs), 0, int(numSecureIDs) - 1},
		{"remove_after", c.RemoveAfter, 0, failsMax},
		{"good_failures", c.GoodFailures, 0, failsMax},
		{"token_periods", c.TokenPeriods, 2, 12},
		{"source_limit", c.SourceLimit, 0, 1 << 20},
		{"query_rate", c.QueryRate, 0, 1 << 20},
		{"query_burst", c.QueryBurst, 0, 1 << 20},
		{"buckets (how many sizes)", len(c.Buckets), 1, MaxDepth},
	}
	for _, s := range c.Buckets {
		ints = append(ints, struct {
			name      string
			v, lo, hi int
		}{"a bucket's size", s, 1, MaxK})
	}
	for _, f := range ints {
		if f.v < f.lo || f.v > f.hi {
			return fmt.Errorf("%s is %d; it must be from %d to %d", f.name, f.v, f.lo, f.hi)
		}
	}
	if c.QueryRate > 0 && c.QueryBurst == 0 {
		return fmt.Errorf("query_burst is 0; with a query_rate it must be 1 or more")
	}
	return c.validateTimes()
}

func (c *Config) validateTimes() error {
	const week = 7 * 24 * time.Hour
	times := []struct {
		name   string
		v, min time.Duration
	}{
		{"query_timeout", c.QueryTimeout, time.Millisecond},
		{"good_for", c.GoodFor, time.Second},
		{"token_rotation", c.TokenRotation, time.Second},
		{"item_expiry", c.ItemExpiry, time.Second},
	}
	for _, f := range []struct {
		name   string
		v, min time.Duration
	}{
		{"refresh", c.Refresh, time.Second},
		{"peer_expiry", c.PeerExpiry, time.Second},
		{"soft_timeout", c.SoftTimeout, time.Millisecond},
		{"source_ban", c.SourceBan, time.Second},
		{"quarantine", c.Quarantine, time.Second},
	} {
		if f.v != 0 { // 0 is never, or none
			times = append(times, f)
		}
	}
	for _, f := range times {
		if f.v < f.min || f.v > week {
			return fmt.Errorf("%s is %v; it must be from %v to %v", f.name, f.v, f.min, week)
		}
	}
	switch {
	case c.SoftTimeout != 0 && c.SoftTimeout >= c.QueryTimeout:
		return fmt.Errorf("soft_timeout is %v; it must be 0s, for none, or below query_timeout, %v",
			c.SoftTimeout, c.QueryTimeout)
	case c.SourceLimit > 0 && c.SourceBan == 0:
		return fmt.Errorf("source_ban is 0s; with a source_limit it must be 1s or more")
	}
	if c.SampleInterval < 0 || c.SampleInterval > MaxSampleInterval {
		return fmt.Errorf("sample_interval is %v; it must be from 0s to %v", c.SampleInterval,
			MaxSampleInterval)
	}
	return nil
}

// bucketSize returns the capacity of the bucket at a depth.
func (c *Config) bucketSize(depth int) int {
	return c.Buckets[min(depth, len(c.Buckets)-1)]
}
