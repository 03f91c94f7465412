package audit

import (
	"errors"

	"swarmlab/protocol"
)

// PairingConfig says how M4 judges.
type PairingConfig struct {
	Users uint32 // numbered from 0
	Size  uint32 // of a group, from 2
	// A group is unbalanced if more was claimed as uploaded than as downloaded in it, by more than
	// Slack bytes and by more than Share, in parts per million of what was uploaded.
	Slack uint64
	Share uint64
}

// Pairing is M4: the tracker names to each peer only those of its own small group, so that what
// members claim to have uploaded must be claimed by members as downloaded, and deals the groups
// anew each round. The faster members of an unbalanced group, those that claim at least the mean,
// gain weight: a cheat gathers weight round by round, and who is honest only when dealt to one.
type Pairing struct {
	cfg     PairingConfig
	deck    []User
	group   []uint32 // by user
	claimed []Volume // by user, this round
	weight  []Weight
	// Unbalanced and Leaky count groups in which more was uploaded than downloaded, and the
	// reverse, which accuses nobody: members got data from outside, or conceal their uploads.
	Unbalanced, Leaky, Groups uint64
	Counts                    Counts
}

// Weight is what several rounds say of a user.
type Weight struct {
	Rounds    uint32 // in which it claimed to have uploaded something
	Suspected uint32 // of these, those in which its group was unbalanced and it was fast
	Cleared   uint32 // of these, those in which its group was balanced
}

// NewPairing returns a pairing that has dealt no groups. Errors name the field that is wrong.
func NewPairing(cfg PairingConfig) (*Pairing, error) {
	if cfg.Size < 2 || cfg.Users < cfg.Size {
		return nil, errors.New("audit: a pairing needs groups of 2 at least, and users for one")
	}
	p := &Pairing{cfg: cfg, deck: make([]User, cfg.Users), group: make([]uint32, cfg.Users),
		claimed: make([]Volume, cfg.Users), weight: make([]Weight, cfg.Users)}
	for u := range p.deck {
		p.deck[u] = User(u)
	}
	return p, nil
}

// Deal begins a round: every user is in one group. The last one also takes those who are left
// over when users are not a multiple of its size.
func (p *Pairing) Deal(rand *protocol.Rand) {
	for k := len(p.deck) - 1; k > 0; k-- {
		j := rand.Intn(k + 1)
		p.deck[k], p.deck[j] = p.deck[j], p.deck[k]
	}
	groups := p.cfg.Users / p.cfg.Size
	for k, u := range p.deck {
		p.group[u] = min(uint32(k)/p.cfg.Size, groups-1)
	}
	clear(p.claimed)
}

// Keep begins a round with the groups of the round before: what a tracker does that deals but once.
func (p *Pairing) Keep() { clear(p.claimed) }

// Permits reports whether the tracker may name one user to another in this round.
func (p *Pairing) Permits(a, b User) bool { return a != b && p.group[a] == p.group[b] }

// Claim adds what a user claims to have transferred in this round.
func (p *Pairing) Claim(u User, v Volume) Fault {
	if uint64(u) >= uint64(len(p.claimed)) {
		return p.Counts.note(Stranger)
	}
	p.claimed[u].add(v)
	return p.Counts.note(OK)
}

// Judge ends a round.
func (p *Pairing) Judge() {
	groups := p.cfg.Users / p.cfg.Size
	for g := range groups {
		end := int((g + 1) * p.cfg.Size)
		if g == groups-1 {
			end = len(p.deck)
		}
		p.judge(p.deck[g*p.cfg.Size : end])
	}
}

func (p *Pairing) judge(members []User) {
	var all Volume
	for _, u := range members {
		all.add(p.claimed[u])
	}
	p.Groups++
	c := Cell{Up: all.Up, Down: all.Down}
	out := c.Flagged(p.cfg.Slack, p.cfg.Share)
	suspect := out && all.Up > all.Down
	switch {
	case suspect:
		p.Unbalanced++
	case out:
		p.Leaky++
	}
	mean := all.Up / uint64(len(members))
	for _, u := range members {
		if p.claimed[u].Up == 0 {
			continue
		}
		w := &p.weight[u]
		w.Rounds++
		switch {
		case !out:
			w.Cleared++
		case suspect && p.claimed[u].Up >= mean:
			w.Suspected++
		}
	}
}

// Weight returns what the rounds so far say of a user.
func (p *Pairing) Weight(u User) Weight { return p.weight[u] }

// Suspect reports whether a user was suspected in at least so many rounds, and in more than a
// share of all its rounds, in parts per million.
func (w Weight) Suspect(rounds uint32, share uint64) bool {
	return w.Suspected >= rounds && over(uint64(w.Suspected), uint64(w.Rounds), share)
}
