package audits

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/swarm"
	"swarmlab/protocol/tracker"
)

// Config is what the auditors are told before a run.
type Config struct {
	Seed  uint64
	Users int // numbered from 0
	// Owner says whose account a peer is, by the id that it shows to trackers and to peers.
	Owner    func(peerID [20]byte) (u audit.User, ok bool)
	Torrents []Torrent
	Rule     tracker.Rule
	Window   time.Duration
	Interval time.Duration // between announces
	Pairing  uint32        // users of a group of M4; 0: there are none
}

// Torrent is what is public about a torrent.
type Torrent struct {
	Name     string
	InfoHash [20]byte
	Geometry swarm.Geometry
}

// Books is all that auditors keep in a run.
type Books struct {
	cfg     Config
	ledger  *tracker.Ledger
	desk    *audit.Desk
	sheet   *audit.Sheet
	rules   audit.Rules
	pairing *audit.Pairing // nil: no M4
	rand    protocol.Rand
	now     protocol.Time
	heard   [][20]byte // infohashes, as the desk numbers torrents
	hears   [20]byte   // that of the announce that is being heard
	windows []window
	odd     []oddity           // by user
	empty   map[place]bool     // nobody was there to receive, at a user's last claim
	seen    [][]audit.Estimate // by torrent, a window ago
	m3      verdicts
	m4      verdicts
	m5      verdicts
	m5x2    verdicts
	m10     verdicts
	cross   verdicts // M1 against M6
	solved  solution
	Observers
	statements *statements // nil: there are none
	probing    *probing    // nil: nobody is challenged
}

// window is what was true of each torrent until the end of a window of time.
type window struct {
	end  protocol.Time
	true []audit.Volume
}

// What is believed of an announce, and of a user's peers.
const (
	creditMost = 1 << 44
	peersMost  = 1 << 12
	sharesMost = 1 << 16
	// purposeDeal is of the stream by which groups are dealt ("audi").
	purposeDeal = 0x61756469
)

// New returns books in which nothing is written.
func New(cfg Config) (*Books, error) {
	b := &Books{cfg: cfg, ledger: tracker.NewLedger(cfg.Rule, peersMost*cfg.Users),
		sheet: audit.NewSheet(cfg.Window, sharesMost),
		rules: audit.Rules{BytesPerSec: audit.PublishedCap},
		m3:    newVerdicts(cfg.Users), m4: newVerdicts(cfg.Users), m5: newVerdicts(cfg.Users),
		m5x2: newVerdicts(cfg.Users), m10: newVerdicts(cfg.Users), cross: newVerdicts(cfg.Users),
		odd: make([]oddity, cfg.Users), empty: map[place]bool{},
		seen: make([][]audit.Estimate, len(cfg.Torrents)),
		rand: protocol.NewRand(cfg.Seed, purposeDeal, 0)}
	b.Observers = Observers{books: b}
	var err error
	b.desk, err = audit.NewDesk(audit.DeskConfig{Rule: cfg.Rule, Claim: b.claim,
		Owner:  func(q *tracker.Request) (audit.User, bool) { return cfg.Owner(q.PeerID) },
		Expiry: 2 * cfg.Interval, CreditMax: creditMost, PeersMax: peersMost})
	if err != nil || cfg.Pairing == 0 {
		return b, err
	}
	b.pairing, err = audit.NewPairing(audit.PairingConfig{Users: uint32(cfg.Users),
		Size: cfg.Pairing, Slack: balanceSlack, Share: balanceShare})
	if err == nil {
		b.pairing.Deal(&b.rand)
	}
	return b, err
}

// Announced implements tracker.Observer.
func (b *Books) Announced(now protocol.Time, q *tracker.Request, last *tracker.Totals) {
	b.now = now
	b.ledger.Announced(now, q, last)
	b.hears = q.InfoHash
	known := b.desk.Torrents()
	b.desk.Announced(now, q, last)
	if b.desk.Torrents() > known {
		b.heard = append(b.heard, q.InfoHash)
	}
}

// place is a user in a torrent.
type place struct {
	user    audit.User
	torrent uint32
}

// claim takes what an announce adds to an account.
func (b *Books) claim(c *audit.Claim) {
	b.sheet.Claim(c)
	if b.pairing != nil {
		b.pairing.Claim(c.User, audit.Volume{Up: c.Credit.Uploaded, Down: c.Credit.Downloaded})
	}
	b.judgeClaim(c)
}

// Permits reports whether the tracker may name one peer to another (M4). All are named that have
// no account.
func (b *Books) Permits(asks, named [20]byte) bool {
	if b.pairing == nil {
		return true
	}
	x, known := b.cfg.Owner(asks)
	y, other := b.cfg.Owner(named)
	return !known || !other || b.pairing.Permits(x, y)
}

// Window ends a window of time: the auditors judge. The truth is what was delivered of each torrent
// until now, and only noted.
func (b *Books) Window(now protocol.Time, truth []audit.Volume) {
	b.now = now
	b.windows = append(b.windows, window{now, truth})
	b.judgeShares(now)
	if b.pairing != nil {
		b.judgeGroups(now)
	}
	b.judgeContrast(now)
	if b.statements != nil {
		b.statements.judge(now, false)
	}
}

// torrentOf returns the number of a torrent that was announced, as the config has it.
func (b *Books) torrentOf(infoHash [20]byte) int {
	for n := range b.cfg.Torrents {
		if b.cfg.Torrents[n].InfoHash == infoHash {
			return n
		}
	}
	panic("audits: a torrent was announced that is none of the run's")
}
