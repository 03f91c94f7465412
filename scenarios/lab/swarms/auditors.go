package swarms

import (
	"crypto/ed25519"
	"encoding/binary"
	"math/bits"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/protocol/client"
	"swarmlab/protocol/swarm"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/lab/audits"
	"swarmlab/sim"
)

// auditors are those who look at a run, and what they are told of it: who has which account.
type auditors struct {
	world *World
	books *audits.Books
	eyes  []*audits.Observer
	owner map[[20]byte]audit.User // by peer id
	users []user
	keys  map[audit.Key]audit.User
	ended protocol.Time // of the last window
	until protocol.Time // when all peers leave; Never if they need not
}

// user is who has an account: one peer, several that share it, or one in one of its torrents.
type user struct {
	p    *population
	mine []holding
}

// holding is what of a node's transfers are a user's: all, or those of one of its parts.
type holding struct {
	node uint32
	part int // or allParts
}

const allParts = -1

func (w *World) newAuditors() error {
	s := w.scenario
	if s.Audit.None() {
		return nil
	}
	a := &auditors{world: w, owner: map[[20]byte]audit.User{}, keys: map[audit.Key]audit.User{},
		until: protocol.Never}
	if s.Audit.Settle > 0 {
		a.until = w.end - protocol.Time(audits.Closing)
	}
	cfg := audits.Config{Seed: w.seed, Users: s.Users(), Rule: s.Audit.LedgerRule(),
		Window: duration(s.Audit.Window), Interval: duration(s.Tracker.Interval),
		Pairing: uint32(s.Audit.Pairing),
		Owner: func(id [20]byte) (u audit.User, ok bool) {
			u, ok = a.owner[id]
			return u, ok
		}}
	for _, t := range w.torrents {
		cfg.Torrents = append(cfg.Torrents, audits.Torrent{Name: t.name, InfoHash: t.is.InfoHash,
			Geometry: t.is.Geometry})
	}
	var err error
	w.audit = a
	if a.books, err = audits.New(cfg); err == nil && s.Audit.Probes > 0 {
		err = a.books.Probe()
	}
	return err
}

// enter gives a peer its account, in the order of the nodes.
func (a *auditors) enter(p *population, i uint32) {
	node, seed := p.first+i, a.world.seed
	switch {
	case p.observes():
		return
	case p.anew():
		for k := range a.world.peers[node].parts {
			a.owner[peerID(seed, node, k)] = audit.User(len(a.users))
			a.open(user{p, []holding{{node, k}}})
		}
		return
	case p.cheat == client.Shared && i%uint32(p.spec.Cheating.Ring) > 0:
		last := &a.users[len(a.users)-1]
		last.mine = append(last.mine, holding{node, allParts})
	default:
		a.open(user{p, []holding{{node, allParts}}})
	}
	a.owner[peerID(seed, node, 0)] = audit.User(len(a.users) - 1)
}

// open opens an account.
func (a *auditors) open(u user) {
	number := audit.User(len(a.users))
	a.users = append(a.users, u)
	a.keys[audit.KeyOf(a.private(number))] = number
}

// private is the key of a user.
func (a *auditors) private(u audit.User) ed25519.PrivateKey {
	r := protocol.NewRand(a.world.seed, purposeKey, uint64(u))
	var seed [ed25519.SeedSize]byte
	for n := 0; n < len(seed); n += 8 {
		binary.LittleEndian.PutUint64(seed[n:], r.Uint64())
	}
	return ed25519.NewKeyFromSeed(seed[:])
}

// enrol gives a client the key of its user.
func (a *auditors) enrol(p *population, i uint32) {
	w := a.world
	u := a.owner[peerID(w.seed, p.first+i, w.peers[p.first+i].session)]
	p.Enrol(i, a.private(u), sim.AddrOf(w.officeNode()))
}

// newOffice makes the office, and the rings of those who conspire, when all have their accounts.
func (w *World) newOffice() (err error) {
	if w.audit == nil || w.scenario.Audit.Settle == 0 {
		return nil
	}
	a := w.audit
	var honest []audit.User
	for u := range a.users {
		if a.users[u].p.cheat == client.Honest {
			honest = append(honest, audit.User(u))
		}
	}
	anchors := a.books.Anchors(honest, uint64(w.scenario.Audit.Anchors),
		uint64(netmodel.Certain))
	w.office, err = a.books.Office(func(k audit.Key) (audit.User, bool) {
		u, ok := a.keys[k]
		return u, ok
	}, anchors, uint32(w.scenario.Audit.Audits))
	for _, p := range w.populations {
		a.conspire(p, honest)
	}
	return err
}

// conspire tells the cheats of a population who conspires with whom: two and two, rings of a Sybil,
// or all of a ring against the same honest user.
func (a *auditors) conspire(p *population, honest []audit.User) {
	ring := uint32(p.spec.Cheating.Ring)
	switch p.cheat {
	case client.Collusion:
		ring = 2
	case client.Sybil, client.Framer:
	default:
		return
	}
	for first := uint32(0); first < p.size; first += ring {
		size := min(ring, p.size-first)
		if p.cheat == client.Framer {
			r := protocol.NewRand(a.world.seed, purposeVictim, uint64(p.first+first))
			victim := a.keyOf(honest[r.Intn(len(honest))])
			for n := range size {
				p.Frame(first+n, victim)
			}
			continue
		}
		for n := range size {
			var rest []client.Accomplice
			for k := uint32(1); k < size; k++ {
				other := first + (n+k)%size
				key := a.keyOf(a.userOf(p.first + other))
				rest = append(rest, client.Accomplice{Key: key, Client: other})
			}
			p.Conspire(first+n, rest)
		}
	}
}

func (a *auditors) userOf(node uint32) audit.User {
	return a.owner[peerID(a.world.seed, node, 0)]
}

func (a *auditors) keyOf(u audit.User) audit.Key { return audit.KeyOf(a.private(u)) }

// watcher is told by a group of peers that observe.
type watcher struct {
	list []*audits.Observer // by peer
	ids  [][20]byte
}

func (a *auditors) observers(size int) *watcher {
	w := &watcher{}
	for range size {
		w.list = append(w.list, a.books.Observer())
	}
	a.eyes = append(a.eyes, w.list...)
	return w
}

// Met implements swarm.Watcher.
func (w *watcher) Met(i uint32, _ *protocol.Turn, torrent uint32, c protocol.Conn,
	who swarm.Remote) {
	w.list[i].Met(torrent, c, who)
}

// Field implements swarm.Watcher.
func (w *watcher) Field(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn, field []byte) {
	w.list[i].Field(t.Now, torrent, c, field)
}

// Have implements swarm.Watcher.
func (w *watcher) Have(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn, piece uint32) {
	w.list[i].Have(t.Now, torrent, c, piece)
}

// Lacks implements swarm.Watcher.
func (w *watcher) Lacks(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn, piece uint32) {
	w.list[i].Lacks(t.Now, torrent, c, piece)
}

// Gone implements swarm.Watcher.
func (w *watcher) Gone(i uint32, t *protocol.Turn, torrent uint32, c protocol.Conn) {
	w.list[i].Gone(t.Now, torrent, c)
}

// tick is called at the end of each simulated second.
func (a *auditors) tick(now protocol.Time) {
	w := a.world
	if now%protocol.Time(w.scenario.Audit.Window) == 0 || now == w.end || w.Ended() {
		if now > a.ended {
			a.ended = now
			a.window(now)
		}
	}
}

// window ends a window of time.
func (a *auditors) window(now protocol.Time) {
	for _, o := range a.eyes {
		o.Look(now)
	}
	truth := make([]audit.Volume, len(a.world.torrents))
	for _, t := range a.world.sim.Transfers() {
		if t.Content != sim.Overhead {
			of := &truth[t.Content&^protocol.Junk]
			of.Up += t.Sent
			of.Down += t.Delivered
		}
	}
	a.books.Window(now, truth)
}

// reportAudit enters what the auditors have found.
func (w *World) reportAudit(run *findings.Run) (err error) {
	if w.audit == nil {
		return nil
	}
	if err := w.checkLedger(); err != nil {
		return err
	}
	a := w.audit
	run.Audit, err = a.books.Report(a.truths(), a.costs(), a.facts())
	if err != nil {
		return err
	}
	for n := range run.Audit.Accounts {
		run.Audit.Accounts[n].Cell = int32(run.Cell)
	}
	for n := range run.Audit.Costs {
		run.Audit.Costs[n].Cell = int32(run.Cell)
	}
	for n := range run.Audit.Balances {
		run.Audit.Balances[n].Cell = int32(run.Cell)
	}
	return nil
}

// truths is what the network knows of each user. The rows of peers have been entered.
func (a *auditors) truths() []audits.Truth {
	a.world.sentOfParts()
	a.world.creditVerified()
	list := make([]audits.Truth, len(a.users))
	for u := range list {
		t, of := &list[u], &a.users[u]
		*t = audits.Truth{Group: of.p.name, Cheat: of.p.cheat.String(), Began: -1}
		for _, m := range of.mine {
			parts := a.world.peers[m.node].parts
			for k := range parts {
				if m.part == allParts || m.part == k {
					parts[k].addTo(t)
				}
			}
		}
	}
	return list
}

// addTo adds what a peer did in one torrent.
func (s *part) addTo(t *audits.Truth) {
	t.Sent += s.sent
	t.Up += s.row.PayloadUp
	t.Down += s.row.PayloadDown
	t.WireUp += s.row.PayloadUp + s.row.OverheadUp
	t.WireDown += s.row.PayloadDown + s.row.OverheadDown
	t.Verified += s.got()
	t.VerifiedUp += s.useful
	if !s.came() {
		return
	}
	if t.Cheat != client.Honest.String() && (t.Began < 0 || s.row.Joined < t.Began) {
		t.Began = s.row.Joined
	}
}

// creditVerified enters for each peer what others had a use for of what it gave: of what one got,
// the share that became verified pieces.
func (w *World) creditVerified() {
	for _, t := range w.sim.Transfers() {
		if t.Content == sim.Overhead {
			continue
		}
		from, to := w.partIn(t.From, t.Content), w.partIn(t.To, t.Content)
		if all := to.row.PayloadDown; all > 0 {
			hi, lo := bits.Mul64(t.Delivered, min(to.got(), all))
			n, _ := bits.Div64(hi, lo, all)
			from.useful += n
		}
	}
}

// costs is what crossed the network for the auditors alone.
func (a *auditors) costs() (c audits.Costs) {
	for _, p := range a.world.populations {
		c.Signed += p.Counters().Signed
		for i := range p.size {
			all := a.world.sim.Traffic(p.first + i)
			if p.observes() {
				c.Observers += all.OverheadSent + all.OverheadReceived + all.HeadersSent
				continue
			}
			for k := range a.world.peers[p.first+i].parts {
				c.Payload += a.world.peers[p.first+i].parts[k].row.PayloadDown
			}
		}
	}
	return c
}
