package audit

import "swarmlab/protocol"

// BookConfig says whom a book of statements knows and what it believes.
type BookConfig struct {
	// Users says who owns a key; ok is false for a [Stranger].
	Users func(k Key) (u User, ok bool)
	Pace  Pace // for each pair of users in a torrent
	// PairsMax bounds those that the statements of one user begin, over all torrents, so that
	// nobody can use up the room of others.
	PairsMax uint32
}

// ends returns the users of a statement that one makes about another one.
func (c *BookConfig) ends(by, about Key) (one, other User, f Fault) {
	one, ok := c.Users(by)
	other, known := c.Users(about)
	switch {
	case !ok || !known:
		return 0, 0, Stranger
	case one == other:
		return 0, 0, Self
	}
	return one, other, OK
}

// CrossBook is M7: what both ends of connections report. All it knows of a pair is what the two of
// them said, so a third one's lies cannot touch it.
type CrossBook struct {
	cfg    BookConfig
	pairs  shelf[pairKey, pair] // begun by the user who reported first
	pen    pen
	report Report
	Counts Counts
}

type pairKey struct {
	infoHash  [20]byte
	low, high User
}

// pair has the halves of both ends, the lower user's first.
type pair struct {
	users  [2]User
	halves [2]mark // what each sent, and what it received
}

// NewCrossBook returns an empty book.
func NewCrossBook(cfg BookConfig) *CrossBook {
	return &CrossBook{cfg: cfg, pairs: newShelf[pairKey, pair]()}
}

// Take takes the bytes of a report. Nothing changes if it is not OK.
func (b *CrossBook) Take(now protocol.Time, p []byte) Fault {
	r := &b.report
	if f := r.parse(p); f != OK {
		return b.Counts.note(f)
	}
	by, about, f := b.cfg.ends(r.By, r.About)
	switch {
	case f != OK:
	case !b.pen.signs(r.By, reportPurpose, p[:reportStated], p[reportStated:]):
		f = BadSignature
	default:
		f = b.enter(now, by, about, r)
	}
	return b.Counts.note(f)
}

// Enter takes a report whose signature was checked elsewhere, or that came on a way on which nobody
// can speak for another one. Its keys are not read: by and about say whose it is.
func (b *CrossBook) Enter(now protocol.Time, by, about User, r *Report) Fault {
	if by == about {
		return b.Counts.note(Self)
	}
	return b.Counts.note(b.enter(now, by, about, r))
}

func (b *CrossBook) enter(now protocol.Time, by, about User, r *Report) Fault {
	key := pairKey{r.InfoHash, min(by, about), max(by, about)}
	half := 0
	if by == key.high {
		half = 1
	}
	return b.pairs.enter(key, by, b.cfg.PairsMax, pair{users: [2]User{key.low, key.high}},
		func(p *pair) Fault {
			totals := [2]uint64{r.Sent, r.Received}
			return p.halves[half].advance(now, r.Epoch, r.Number, totals, b.cfg.Pace)
		})
}

// Agreement says what is credited of what two ends report.
type Agreement uint8

// The agreements.
const (
	// Least credits the lesser number, and nothing if one of them did not report: nobody can
	// credit himself, but anybody can withhold.
	Least Agreement = iota
	// Mean credits half of both numbers; who did not report said 0. Anybody can credit himself
	// half of what he likes, and charge it to the other one.
	Mean
	// Lone credits the lesser number, or the only one if one of them did not report, who is then
	// at the mercy of the other.
	Lone
)

// credited returns what is credited, of which an odd byte is lost.
func (g Agreement) credited(sent, received uint64, sender, receiver bool) uint64 {
	switch {
	case g == Mean:
		return sent/2 + received/2 + sent&received&1
	case g == Lone && !receiver:
		return sent
	case g == Lone && !sender:
		return received
	}
	return min(sent, received)
}

// Flow is what went from one user to another.
type Flow struct {
	From, To User
	Bytes    uint64
}

// Volumes returns what is credited to each user.
func (b *CrossBook) Volumes(g Agreement) (users []Volume) {
	b.each(func(from, to User, sent, received *mark) {
		n := g.credited(sent.total(0), received.total(1), sent.begun, received.begun)
		at(&users, from).add(Volume{Up: n})
		at(&users, to).add(Volume{Down: n})
	})
	return users
}

// Flows appends what is credited to each pair and direction, in the order of their first reports.
func (b *CrossBook) Flows(g Agreement, dst []Flow) []Flow {
	b.each(func(from, to User, sent, received *mark) {
		n := g.credited(sent.total(0), received.total(1), sent.begun, received.begun)
		dst = append(dst, Flow{from, to, n})
	})
	return dst
}

func (b *CrossBook) each(f func(from, to User, sent, received *mark)) {
	for k := range b.pairs.entries {
		p := &b.pairs.entries[k]
		f(p.users[0], p.users[1], &p.halves[0], &p.halves[1])
		f(p.users[1], p.users[0], &p.halves[1], &p.halves[0])
	}
}

// Standing is how a user's reports agree with those of its partners. Who lies about many disputes
// with many; who is lied about disputes with the liars alone. With a single partner nobody can
// tell which of them lies.
type Standing struct {
	Partners uint32 // that reported about it, and it about them; of each torrent apart
	Disputed uint32 // of these, those with whom it does not agree
	Lone     uint32 // it reported about them, and they did not
	Silent   uint32 // they reported about it, and it did not
}

// Suspect reports whether a user disputes with more than a share of at least so many partners, in
// parts per million.
func (s Standing) Suspect(partners uint32, share uint64) bool {
	return s.Partners >= partners && over(uint64(s.Disputed), uint64(s.Partners), share)
}

// Standings returns how the users' reports agree. Numbers agree that differ by no more than slack
// bytes, or by no more than a share of the greater one, in parts per million: reports of the two
// ends are not made at the same moment.
func (b *CrossBook) Standings(slack, share uint64) (users []Standing) {
	for k := range b.pairs.entries {
		p := &b.pairs.entries[k]
		low, high := &p.halves[0], &p.halves[1]
		at(&users, p.users[1]) // makes room for both
		one, two := at(&users, p.users[0]), at(&users, p.users[1])
		switch {
		case !low.begun:
			one.Silent++
			two.Lone++
		case !high.begun:
			one.Lone++
			two.Silent++
		default:
			one.Partners++
			two.Partners++
			there := Cell{Up: low.total(0), Down: high.total(1)}
			back := Cell{Up: high.total(0), Down: low.total(1)}
			if there.Flagged(slack, share) || back.Flagged(slack, share) {
				one.Disputed++
				two.Disputed++
			}
		}
	}
	return users
}
