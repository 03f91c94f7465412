package ledgers

import (
	"encoding/binary"
	"fmt"
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/tracker"
	"swarmlab/scenarios"
	"swarmlab/sim"
)

// Purposes of the random streams of a scenario, apart from those of its other worlds.
const (
	purposePeerID = 0x6c656467_00 + iota // "ledg"
	purposeTorrent
	purposeSecret
	purposeDeal
	purposeMeet
	purposeAudits
)

const certain = netmodel.Certain

// World is the users of one run and their tracker.
type World struct {
	scenario   *scenarios.Scenario
	seed       uint64
	network    *netmodel.Network
	end        protocol.Time
	users      []user
	cheats     []bool // by user
	sessions   []session
	owners     map[[20]byte]uint32 // users by peer id
	announceTo string
	tracker    *tracker.Group
	ledgers    []*tracker.Ledger // by rule
	sim        *sim.World

	// With rounds only.
	round    int // that were begun
	torrents uint32
	swarms   []group // of the present round
	volumes  *netmodel.Lengths
	desk     *audit.Desk
	sheet    *audit.Sheet
	rules    audit.Rules
	worst    []audit.Severity // by user
	credited []audit.Volume   // by user
	pairing  *audit.Pairing
	looks    []look
	audits   *audit.Audits
	periods  []period
}

// New makes the world of one run.
func New(s *scenarios.Scenario, seed uint64) (*World, error) {
	users := s.Nodes()
	w := &World{scenario: s, seed: seed, end: protocol.Time(s.Duration),
		users: make([]user, users), cheats: make([]bool, users),
		owners:     make(map[[20]byte]uint32),
		announceTo: "udp://" + sim.AddrOf(uint32(users)).String() + "/announce"}
	cfg, err := s.NetworkConfig(users + 1)
	if err != nil {
		return nil, err
	}
	cfg.Seed = seed
	if w.network, err = netmodel.New(cfg); err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	if r := &s.Ledger.Rounds; r.None() {
		err = w.live()
	} else {
		err = w.gather(r)
	}
	if err != nil {
		return nil, err
	}
	if err := w.newTracker(); err != nil {
		return nil, fmt.Errorf("tracker: %w", err)
	}
	return w, nil
}

// gather makes what a scenario of rounds has.
func (w *World) gather(r *scenarios.Rounds) error {
	users := uint32(len(w.users))
	for u := range r.Cheating(len(w.users)) {
		w.cheats[u] = true
	}
	// A length in nanoseconds is read as so many bytes: there is one law for both.
	law, err := netmodel.ParseSpan(fmt.Sprintf("lognormal(%v, %v)", time.Duration(median), r.Sigma))
	if err != nil {
		return fmt.Errorf("ledger.rounds.sigma: %w", err)
	}
	w.volumes = law.Tabulate()
	w.worst, w.credited = make([]audit.Severity, users), make([]audit.Volume, users)
	w.rules = audit.Rules{BytesPerSec: audit.PublishedCap}
	w.sheet = audit.NewSheet(time.Duration(r.Length), uint32(w.scenario.RoundsNumber())+1)
	w.pairing, err = audit.NewPairing(audit.PairingConfig{Users: users, Size: uint32(r.Company),
		Slack: 0, Share: w.margin()})
	if err != nil {
		return err
	}
	w.desk, err = audit.NewDesk(audit.DeskConfig{Rule: tracker.Rebase, Owner: w.ownerOf,
		Claim: w.claim, Expiry: expiry(w.scenario), CreditMax: 1 << 60,
		PeersMax: uint32(w.scenario.RoundsNumber()) + 1})
	if err != nil {
		return err
	}
	w.audits, err = audit.NewAudits(audit.AuditsConfig{Users: users, Each: uint32(r.Audits)})
	return err
}

// margin is by how much a group's uploads may exceed its downloads, in parts per million, before
// M4 suspects it: half of what a single cheat adds if all of a group upload the same.
func (w *World) margin() uint64 {
	r := &w.scenario.Ledger.Rounds
	return uint64(r.Factor-1000) * 1000 / uint64(2*r.Company)
}

func expiry(s *scenarios.Scenario) time.Duration {
	return 2*time.Duration(s.Ledger.Interval) + 5*time.Minute
}

// newTracker makes the tracker and the ledgers that hear it. Nobody is refused.
func (w *World) newTracker() error {
	cfg := tracker.Defaults()
	cfg.Interval = time.Duration(w.scenario.Ledger.Interval)
	cfg.Expiry, cfg.HostRate = expiry(w.scenario), 0
	cfg.Peers = max(cfg.Peers, len(w.users)+1)
	cfg.SwarmPeers = cfg.Peers
	r := protocol.NewRand(w.seed, purposeSecret, 0)
	binary.LittleEndian.PutUint64(cfg.Secret[:8], r.Uint64())
	binary.LittleEndian.PutUint64(cfg.Secret[8:], r.Uint64())
	var books tracker.Books
	for rule := tracker.Rebase; rule <= tracker.FinalOnly; rule++ {
		l := tracker.NewLedger(rule, 1<<30)
		w.ledgers, books = append(w.ledgers, l), append(books, l)
	}
	if w.desk != nil {
		books = append(books, w.desk)
	}
	cfg.Observer = books
	var err error
	w.tracker, err = tracker.NewGroup(cfg, 1)
	return err
}

// ownerOf tells whose account a peer id belongs to.
func (w *World) ownerOf(q *tracker.Request) (audit.User, bool) {
	u, ok := w.owners[q.PeerID]
	return audit.User(u), ok
}

// claim hands what an announce adds to the methods.
func (w *World) claim(c *audit.Claim) {
	w.sheet.Claim(c)
	v := audit.Volume{Up: c.Credit.Uploaded, Down: c.Credit.Downloaded}
	w.pairing.Claim(c.User, v)
	w.credited[c.User].Up += v.Up
	w.credited[c.User].Down += v.Down
	worst := &w.worst[c.User]
	*worst = max(*worst, w.rules.Check(c).Worst())
}

// Network returns the network of the run.
func (w *World) Network() *netmodel.Network { return w.network }

// Cores are the groups that the simulator calls: the users, and the tracker.
func (w *World) Cores() []protocol.Datagrams {
	return []protocol.Datagrams{population{w}, w.tracker}
}

// Act implements sim.Actor.
func (w *World) Act(node uint32, t *protocol.Turn, code uint32) { population{w}.Act(node, t, code) }

// Schedule enters the tracker and the comings and goings that are known. To be called once, before
// the run.
func (w *World) Schedule(world *sim.World) {
	w.sim = world
	world.StartAt(uint32(len(w.users)), 0)
	for n := range w.sessions {
		w.schedule(uint32(n))
	}
	if !w.scenario.Ledger.Rounds.None() {
		w.deal()
	}
}

// schedule enters one session.
func (w *World) schedule(n uint32) {
	s := &w.sessions[n]
	w.sim.StartAt(s.user, s.from)
	switch {
	case s.to >= w.end:
	case s.graceful:
		w.sim.ActAt(s.user, s.to, actLeave)
	default:
		w.sim.CrashAt(s.user, s.to)
	}
}

// Next returns up to when the world can run until it has to be told, with Tick.
func (w *World) Next(now protocol.Time) protocol.Time {
	step := protocol.Time(time.Minute)
	if r := &w.scenario.Ledger.Rounds; !r.None() {
		step = protocol.Time(r.Length)
	}
	return min(now-now%step+step, w.end)
}

// Tick is called at the times that Next returns: with rounds, one ends and another one begins.
func (w *World) Tick(now protocol.Time) {
	length := protocol.Time(w.scenario.Ledger.Rounds.Length)
	if length == 0 || now%length != 0 {
		return
	}
	w.pairing.Judge()
	w.look()
	w.audit()
	if now.Add(time.Duration(length)) <= w.end {
		w.deal()
	}
}
