package swarm

import (
	"fmt"
	"time"
)

// Limits that nobody varies.
const (
	maxReqq    = 2000 // libtorrent's
	silentReqq = 250  // requests queued by a peer that does not say (BEP 10)
	maxAllowed = 32   // allowed fast, in either direction
	maxHints   = 16   // suggestions that are remembered

	dialTimeout = 15 * time.Second // who has not answered by then is given up (libtorrent)
)

// Config is everything about a peer's behaviour that a study would vary. Default has what
// mainline and libtorrent do.
type Config struct {
	Picker PickerConfig
	Choker ChokerConfig

	// Connections, of one torrent.
	MaxConns         int           // most connections
	Initiate         int           // no more are dialed once there are so many
	HalfOpen         int           // dialed and not yet answered, of one core
	HandshakeTimeout time.Duration // the other end's handshake must have come by then
	KeepAlive        time.Duration // after so much silence of ours we say that we are there
	IdleTimeout      time.Duration // after so much silence of the other end it is dropped
	ReconnectAfter   time.Duration // an address is not dialed again before; times its failures
	MaxFailures      int           // an address that failed so often in a row is given up
	MaxPeers         int           // addresses that are remembered
	KeepSeeds        bool          // a seed keeps its connections to seeds
	Turnover         time.Duration // full, a core drops its least useful peer each; 0: never

	// Dialects.
	Fast        bool // BEP 6
	Extended    bool // BEP 10; without it none of the following
	PEX         bool // BEP 11; never with private torrents
	AllowedFast int  // pieces that a choked newcomer may have all the same; 0: none
	DHTPort     bool // tell the listening port as that of a DHT node (BEP 5)

	// Transfer.
	Reqq           int           // requests of a peer that are queued
	RequestTimeout time.Duration // a request without answer is asked of others
	WriteAhead     int           // a stream with fewer bytes in its queue gets another block
	LazyHaves      bool          // no have to a peer that has the piece
	SuperSeed      bool          // who begins as a seed pretends to have nothing (BEP 16)
	Pollute        bool          // send other bytes than those of the content
	// Pretend has a leecher tell of pieces that it does not have, as if they came at so many bytes
	// a second; 0: never. It serves none of them: requests are rejected, or ignored without BEP 6.
	Pretend uint64
	Observe bool // want nothing but to see what others have
	// Probe has who observes challenge each peer, by the group's Prober, so often; 0: never.
	Probe time.Duration

	PexPeriod time.Duration // BEP 11: a minute at least
}

// Default returns what mainline and libtorrent do: at most 80 connections, 40 of which are sought
// (the peer set of Legout et al. 2006), both dialects, peer exchange. Of connections that nobody
// has answered mainline has up to 100; with few, those who left keep a peer from finding those who
// are there. BEP 3 says that a keep-alive is sent every two minutes, but libtorrent waits for 120
// seconds only: so 100, as Transmission.
func Default() Config {
	return Config{
		Picker: DefaultPicker(), Choker: DefaultChoker(),
		MaxConns: 80, Initiate: 40, HalfOpen: 100,
		HandshakeTimeout: 10 * time.Second, KeepAlive: 100 * time.Second,
		IdleTimeout: 5 * time.Minute, ReconnectAfter: time.Minute, MaxFailures: 3,
		MaxPeers: 1000, Fast: true, Extended: true, PEX: true, AllowedFast: 10,
		Reqq: 500, RequestTimeout: time.Minute, WriteAhead: 10 << 10,
		PexPeriod: time.Minute,
	}
}

// Validate returns the first setting that is out of its range.
func (c *Config) Validate() error {
	for _, f := range []struct {
		name      string
		v, lo, hi int
	}{
		{"max_connections", c.MaxConns, 1, 1 << 14},
		{"initiate", c.Initiate, 0, c.MaxConns},
		{"half_open", c.HalfOpen, 1, 1 << 12},
		{"max_failures", c.MaxFailures, 1, 100},
		{"max_peers", c.MaxPeers, 1, 1 << 20},
		{"allowed_fast", c.AllowedFast, 0, maxAllowed},
		{"reqq", c.Reqq, 1, maxReqq},
		{"write_ahead", c.WriteAhead, 1, 1 << 24},
	} {
		if f.v < f.lo || f.v > f.hi {
			return fmt.Errorf("%s is %d; it must be from %d to %d", f.name, f.v, f.lo, f.hi)
		}
	}
	if err := c.Choker.Validate(); err != nil {
		return err
	}
	return c.validateTimes()
}

func (c *Config) validateTimes() error {
	const day = 24 * time.Hour
	for _, f := range []struct {
		name   string
		v, min time.Duration
	}{
		{"handshake_timeout", c.HandshakeTimeout, time.Second},
		{"keep_alive", c.KeepAlive, time.Second},
		{"idle_timeout", c.IdleTimeout, c.KeepAlive + time.Second},
		{"reconnect_after", c.ReconnectAfter, time.Second},
		{"request_timeout", c.RequestTimeout, time.Second},
		{"pex_period", c.PexPeriod, time.Minute},
	} {
		if f.v < f.min || f.v > day {
			return fmt.Errorf("%s is %v; it must be from %v to %v", f.name, f.v, f.min, day)
		}
	}
	if c.Turnover != 0 && (c.Turnover < time.Second || c.Turnover > day) {
		return fmt.Errorf("turnover is %v; it must be 0s, for never, or from 1s to %v",
			c.Turnover, day)
	}
	if c.Probe != 0 && (!c.Observe || c.Probe < time.Second || c.Probe > day) {
		return fmt.Errorf("probe is %v; it must be 0s, for never, or from 1s to %v, of a peer "+
			"that observes", c.Probe, day)
	}
	return nil
}
