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
	MaxReplyPeers = 50 // 8 contacts and 50 IPv4 peers are 714 bytes

	MaxSampleInterval = 6 * time.Hour // BEP 51
)

// Config is everything about a node's behaviour that a parameter study would vary.
type Config struct {
	K              int           // closest contacts a lookup seeks, and the default of the next two
	Buckets        []int         // bucket sizes by depth (shared bits); the last one repeats
	Depth          int           // most buckets of a table; deeper contacts share the last one
	Alpha          int           // queries of one lookup in flight
	ReplyContacts  int           // contacts in a reply: beta in the literature
	QueryTimeout   time.Duration // an unanswered query is given up after this; it is not repeated
	Rounds         bool          // synchronous rounds: no query before the whole round is answered
	Refresh        time.Duration // a bucket unchanged for this long is refreshed; 0: never
	GoodFor        time.Duration // a contact heard from within this time is good
	StalenessLimit int           // failures in a row that make a contact bad, 1 to 15
	VerifySenders  bool          // ping unknown askers, so that they can enter the table
	TokenRotation  time.Duration // a token is accepted for one to two of these
	PeerExpiry     time.Duration // an announced peer is forgotten after this
	ReplyPeers     int           // most peers in one reply
	Torrents       int           // most infohashes a node stores peers of
	Peers          int           // most peers a node stores of one infohash
	SampleInterval time.Duration // a sample of the infohashes is kept for this long (BEP 51)
	ItemExpiry     time.Duration // an item is forgotten this long after it was last put (BEP 44)
	Items          int           // most items a node stores
	ReadOnly       bool          // ask, but answer no queries, and say so in ours (BEP 43)
	Secret         [16]byte      // key of the write tokens; a real node draws it from the system
}

// Default returns BEP 5's constants, and where it has none, those of common clients.
func Default() Config {
	return Config{
		K: 8, Buckets: []int{8}, Depth: MaxDepth, Alpha: 3, ReplyContacts: 8,
		QueryTimeout: 2 * time.Second, Refresh: 15 * time.Minute, GoodFor: 15 * time.Minute,
		StalenessLimit: 2, VerifySenders: true,
		TokenRotation: 5 * time.Minute, PeerExpiry: 30 * time.Minute,
		ReplyPeers: MaxReplyPeers, Torrents: 2000, Peers: 500,
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
		{"peer_expiry", c.PeerExpiry, time.Second},
		{"item_expiry", c.ItemExpiry, time.Second},
	}
	if c.Refresh != 0 {
		times = append(times, struct {
			name   string
			v, min time.Duration
		}{"refresh", c.Refresh, time.Second})
	}
	for _, f := range times {
		if f.v < f.min || f.v > week {
			return fmt.Errorf("%s is %v; it must be from %v to %v", f.name, f.v, f.min, week)
		}
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
