package scenarios

import (
	"time"

	"swarmlab/protocol/swarm"
)

// Swarm is the configuration of a group's peers. The fields are those of swarm.Config and its
// parts with the same meaning.
type Swarm struct {
	Slots      int      `yaml:"slots"`
	Optimistic int      `yaml:"optimistic"`
	Rechoke    Duration `yaml:"rechoke"`
	Rotation   Duration `yaml:"rotation"`
	Choke      string   `yaml:"choke"`
	SeedChoke  string   `yaml:"seed_choke"`
	Deficit    Bytes    `yaml:"deficit"`
	Upload     Bytes    `yaml:"upload"` // of a second; 0: what the line has
	SuperSeed  bool     `yaml:"super_seed"`

	Picker      string `yaml:"picker"`
	FirstRandom int    `yaml:"first_random"`
	Endgame     bool   `yaml:"endgame"`

	Connections      int      `yaml:"connections"`
	Initiate         int      `yaml:"initiate"`
	HalfOpen         int      `yaml:"half_open"`
	KeepSeeds        bool     `yaml:"keep_seeds"`
	Turnover         Duration `yaml:"turnover"` // 0 is never
	HandshakeTimeout Duration `yaml:"handshake_timeout"`
	KeepAlive        Duration `yaml:"keep_alive"`
	IdleTimeout      Duration `yaml:"idle_timeout"`
	ReconnectAfter   Duration `yaml:"reconnect_after"`
	MaxFailures      int      `yaml:"max_failures"`
	MaxPeers         int      `yaml:"max_peers"`

	Fast           bool     `yaml:"fast"`
	AllowedFast    int      `yaml:"allowed_fast"`
	Reqq           int      `yaml:"reqq"`
	RequestTimeout Duration `yaml:"request_timeout"`
	WriteAhead     Bytes    `yaml:"write_ahead"`
	LazyHaves      bool     `yaml:"lazy_haves"`
	PexPeriod      Duration `yaml:"pex_period"`
}

// chokeWords, seedWords and pickWords are the words for the protocol's constants, in their order.
func chokeWords() []string { return []string{"rate", "blocks", "none", "tyrant", "share"} }
func seedWords() []string  { return []string{"fastest", "round-robin", "anti-leech"} }
func pickWords() []string  { return []string{"rarest", "random", "sequential"} }

// config translates the settings.
func (w *Swarm) config() swarm.Config {
	return swarm.Config{
		Picker: swarm.PickerConfig{Picking: swarm.Picking(wordIndex(pickWords(), w.Picker)),
			FirstRandom: uint32(w.FirstRandom), NoEndgame: !w.Endgame},
		Choker: swarm.ChokerConfig{
			Leeching: swarm.Leeching(wordIndex(chokeWords(), w.Choke)),
			Seeding:  swarm.Seeding(wordIndex(seedWords(), w.SeedChoke)),
			Slots:    uint16(w.Slots), Optimistic: uint16(w.Optimistic),
			Period: time.Duration(w.Rechoke), Rotation: time.Duration(w.Rotation),
			Deficit: uint64(w.Deficit)},
		MaxConns: w.Connections, Initiate: w.Initiate, HalfOpen: w.HalfOpen,
		HandshakeTimeout: time.Duration(w.HandshakeTimeout),
		KeepAlive:        time.Duration(w.KeepAlive), IdleTimeout: time.Duration(w.IdleTimeout),
		ReconnectAfter: time.Duration(w.ReconnectAfter), MaxFailures: w.MaxFailures,
		MaxPeers: w.MaxPeers, KeepSeeds: w.KeepSeeds, Turnover: time.Duration(w.Turnover),
		Fast: w.Fast, AllowedFast: w.AllowedFast,
		Reqq: w.Reqq, RequestTimeout: time.Duration(w.RequestTimeout),
		WriteAhead: int(w.WriteAhead), LazyHaves: w.LazyHaves, SuperSeed: w.SuperSeed,
		PexPeriod: time.Duration(w.PexPeriod),
	}
}

func wordIndex(words []string, word string) int {
	for n, w := range words {
		if w == word {
			return n
		}
	}
	panic("scenarios: " + word + " is none of the words that its rule allows")
}

const swarmPath = "groups.NAME.swarm."

var swarmRules = []rule{
	{path: "torrents", fallback: noneWord, word: noneWord,
		meaning: "what is exchanged in a scenario of swarms, as in [{name: film, size: 100MB}]; " +
			"its groups say protocol: bittorrent"},
	{path: "torrents.NAME.name", fallback: required, limits: nameForm,
		meaning: "the torrent's name: a-z, 0-9, - and _"},
	{path: "torrents.NAME.size", fallback: required, limits: "1B..1TiB",
		meaning: "bytes, as in 100MB or 1GiB"},
	{path: "torrents.NAME.piece", fallback: "256KiB", limits: "16KiB..64MiB",
		meaning: "length of a piece, a power of two"},
	{path: "torrents.NAME.private", fallback: "false",
		meaning: "true: only the tracker names peers (BEP 27)"},
	{path: "tracker", fallback: "{}", word: noneWord, when: "torrents!=none",
		meaning: "one UDP tracker (BEP 15) with a wide line, which all groups announce to that " +
			"find peers by it; none: there is none"},
	{path: "tracker.interval", fallback: "30m", limits: "1s..24h",
		meaning: "that peers are told to let pass between announces"},
	{path: "tracker.min_interval", fallback: "half", limits: "1s..24h", word: "half",
		meaning: "that they let pass at least, also when they look for more peers"},
	{path: "tracker.numwant", fallback: "50", limits: "1..200",
		meaning: "peers in an answer"},
	{path: "end", fallback: EndComplete, limits: "complete|duration", when: "torrents!=none",
		meaning: "complete: the run ends when all who came to download have it all, or are " +
			"gone, and nobody is to come; at the latest after its duration"},
	{path: "sample", fallback: "10s", limits: "1s..24h", when: "torrents!=none",
		meaning: "time between two looks at the whole swarm; whole seconds"},
	{path: "groups.NAME.link", fallback: noneWord, word: noneWord,
		meaning: "the group's own access line, as in {down: 10Mbit/s, up: 1Mbit/s}; none: " +
			"network.links draws one for each node"},
	{path: "groups.NAME.link.down", fallback: required, limits: "1kbit/s..1000Gbit/s",
		meaning: "width towards the node, headers included"},
	{path: "groups.NAME.link.up", fallback: required, limits: "1kbit/s..1000Gbit/s",
		meaning: "width from the node"},
}

// peerRules are those of groups of peers, and only they have these settings.
var peerRules = []rule{
	{path: "groups.NAME.torrent", meaning: "the torrent that the group takes part in; it may be " +
		"left out if there is one only"},
	{path: "groups.NAME.complete", fallback: "0%", limits: "0%..100%",
		meaning: "share of the pieces that a peer has when it comes; which they are is drawn"},
	{path: "groups.NAME.arrive", fallback: "{}", meaning: "when the peers come"},
	{path: "groups.NAME.arrive.over", fallback: "0s", limits: anySpan,
		meaning: "they come at random times, evenly spread over this"},
	{path: "groups.NAME.arrive.rate", fallback: noneWord, word: noneWord,
		meaning: "or as a Poisson process of this rate, as in 0.04/s, until the run ends; the " +
			"group's size is the most that come"},
	{path: "groups.NAME.linger", fallback: neverWord,
		meaning: "how long a peer stays once it has everything: never (it never leaves), 0s (it " +
			"leaves at once), a time, or a distribution as in exponential(1000s)"},
	{path: "groups.NAME.patience", fallback: neverWord,
		meaning: "after how long a peer gives up that has not everything: never, a time, or a " +
			"distribution"},
	{path: "groups.NAME.graceful", fallback: "100%", limits: "0%..100%",
		meaning: "share of leaves in good order; the others are crashes"},
	{path: "groups.NAME.discovery", fallback: "[tracker, pex]", limits: "tracker|dht|pex",
		meaning: "how peers find each other: by the tracker, by DHT nodes of their own (BEP 5), " +
			"of the client and with the settings of dht, and by peer exchange (BEP 11)"},
	{path: "groups.NAME.strategy", fallback: "compliant",
		meaning: "what kind of peers these are: compliant, free-rider (never uploads), " +
			"large-view (a free rider with three times the connections), tyrant (gives to whom " +
			"it pays), polluter (sends wrong bytes), super-seed, or observer (neither gives " +
			"nor takes, and sees what others have); or a mix, as in " +
			"\"compliant 80%, free-rider 20%\", in which the others than the first are shown " +
			"as a group of their own, as in leechers-free-rider"},
	{path: "groups.NAME.cheat", fallback: "honest",
		meaning: "how these peers lie about what they transfer: honest, multiplier, constant, " +
			"fake-seed, ghost, under-report, collusion, sybil, withholder, framer, fake-have, " +
			"shared, whitewash or adaptive; or a mix, as in \"honest 90%, multiplier 10%\", in " +
			"which the others than the first are shown as a group of their own"},
	{path: "groups.NAME.cheating", fallback: "{}", meaning: "how much the cheats lie"},
	{path: "groups.NAME.cheating.factor", fallback: "1.5", limits: "1.001..1000",
		meaning: "multiplier: what is claimed as uploaded, over what is true"},
	{path: "groups.NAME.cheating.adaptive", fallback: "1.1", limits: "1.001..1000",
		meaning: "the same of adaptive, who stays below what would be seen"},
	{path: "groups.NAME.cheating.under_report", fallback: "0.5", limits: "0..0.999",
		meaning: "under-report: what is claimed as downloaded, over what is true"},
	{path: "groups.NAME.cheating.rate", fallback: "100kB/s", limits: "1B/s..10GB/s",
		meaning: "constant, fake-seed, collusion, sybil, framer, fake-have: what they invent in " +
			"each torrent"},
	{path: "groups.NAME.cheating.ring", fallback: "10", limits: "2..1000",
		meaning: "peers of a Sybil's ring, that share an account, or that frame the same victim; " +
			"fewer if there are fewer"},
	{path: "groups.NAME.reporting", fallback: "libtorrent",
		limits: "libtorrent|transmission|anacrolix|webtorrent|libtorrent-true",
		meaning: "what peers call uploaded, downloaded and left when they announce: the " +
			"program's way"},
	{path: "groups.NAME.catalog", fallback: "{}",
		meaning: "the torrents in which each peer takes part, one begun after the other"},
	{path: "groups.NAME.catalog.torrents", fallback: "1", limits: "1..64",
		meaning: "how many: above 1, they are drawn from all"},
	{path: "groups.NAME.catalog.gap", fallback: "0s",
		meaning: "from the begin of one to that of the next: a time, or a distribution as in " +
			"exponential(10m)"},
	{path: "groups.NAME.swarm", fallback: "{}", meaning: "the peers' settings"},
	{path: swarmPath + "slots", fallback: "4", limits: "1..1000",
		meaning: "interested peers that are unchoked, the optimistic ones included"},
	{path: swarmPath + "optimistic", fallback: "1", limits: "0..1000",
		meaning: "of these, how many regardless of what they bring"},
	{path: swarmPath + "rechoke", fallback: "10s", limits: "1s..1h",
		meaning: "time from one regular decision about who is unchoked to the next"},
	{path: swarmPath + "rotation", fallback: "30s", limits: "1s..1h",
		meaning: "how long an optimistic slot is held, a multiple of rechoke"},
	{path: swarmPath + "choke", fallback: "rate", limits: "rate|blocks|none|tyrant|share",
		meaning: "whom a leecher unchokes: those that send most (rate, BEP 3), those that were " +
			"sent not much more than they sent (blocks), nobody (none), those that give most " +
			"for their price (tyrant), or all in proportion (share)"},
	{path: swarmPath + "seed_choke", fallback: "round-robin",
		limits: "fastest|round-robin|anti-leech",
		meaning: "whom a seed unchokes: those that take most (BEP 3), all for the same time " +
			"(Legout et al. 2006), or those that have just begun or are nearly done"},
	{path: swarmPath + "deficit", fallback: "32KiB", limits: "16KiB..1GiB",
		meaning: "choke: blocks serves so many bytes in advance"},
	{path: swarmPath + "upload", fallback: "line", limits: "1kB..10GB", word: "line",
		meaning: "choke: tyrant and share have so many bytes a second to give; line: what the " +
			"group's own link has"},
	{path: swarmPath + "super_seed", fallback: "false",
		meaning: "a seed pretends to have nothing and gives every piece once (BEP 16)"},
	{path: swarmPath + "picker", fallback: "rarest", limits: "rarest|random|sequential",
		meaning: "which piece is begun next: of those that the fewest connected peers have, any, " +
			"or the first"},
	{path: swarmPath + "first_random", fallback: "4", limits: "0..1000",
		meaning: "so many pieces are picked at random before the rarest are"},
	{path: swarmPath + "endgame", fallback: "true",
		meaning: "true: the last blocks are asked of several peers"},
	{path: swarmPath + "connections", fallback: "80", limits: "1..10000",
		meaning: "most connections"},
	{path: swarmPath + "initiate", fallback: "40", limits: "0..10000",
		meaning: "no more are dialed once there are so many"},
	{path: swarmPath + "half_open", fallback: "100", limits: "1..1000",
		meaning: "dialed and not yet answered, at most"},
	{path: swarmPath + "keep_seeds", fallback: "false",
		meaning: "true: a seed keeps its connections to seeds"},
	{path: swarmPath + "turnover", fallback: neverWord, limits: "1s..24h", word: neverWord,
		meaning: "with all connections taken, the least useful one is dropped each; never: none"},
	{path: swarmPath + "handshake_timeout", fallback: "10s", limits: "1s..24h",
		meaning: "the other end's handshake must have come by then"},
	{path: swarmPath + "keep_alive", fallback: "2m", limits: "1s..24h",
		meaning: "after so much silence a peer says that it is there"},
	{path: swarmPath + "idle_timeout", fallback: "5m", limits: "2s..24h",
		meaning: "after so much silence the other end is dropped"},
	{path: swarmPath + "reconnect_after", fallback: "1m", limits: "1s..24h",
		meaning: "an address is not dialed again before; times its failures"},
	{path: swarmPath + "max_failures", fallback: "3", limits: "1..100",
		meaning: "an address that failed so often in a row is given up"},
	{path: swarmPath + "max_peers", fallback: "1000", limits: "1..1000000",
		meaning: "addresses that are remembered"},
	{path: swarmPath + "fast", fallback: "true", meaning: "the Fast extension (BEP 6)"},
	{path: swarmPath + "allowed_fast", fallback: "10", limits: "0..32",
		meaning: "pieces that a choked newcomer may have all the same"},
	{path: swarmPath + "reqq", fallback: "500", limits: "1..2000",
		meaning: "requests of a peer that are queued"},
	{path: swarmPath + "request_timeout", fallback: "1m", limits: "1s..24h",
		meaning: "a request without answer is asked of others"},
	{path: swarmPath + "write_ahead", fallback: "32794B", limits: "1B..16MiB",
		meaning: "bytes kept in a connection's queue while there is something to send"},
	{path: swarmPath + "lazy_haves", fallback: "false",
		meaning: "true: a peer that has a piece is not told that others got it"},
	{path: swarmPath + "pex_period", fallback: "1m", limits: "1m..24h",
		meaning: "time between two messages of peer exchange"},
}
