package audit

// Contrast is the cross-check of M1 and M6 for one torrent: what its users claim against what was
// seen.
type Contrast struct {
	Slack uint64 // bytes by which claims may differ before anybody is flagged
	Share uint64 // and the share of what was seen, in parts per million
}

// Verdict is what the cross-check says of one user.
type Verdict struct {
	User User
	// DownShort: it claims less downloaded than it was seen to get. DownLong: it claims more than
	// it can have got since its session began.
	DownShort, DownLong bool
	// UpLong: it claims more uploaded than others were seen to get, or can have got unseen.
	UpLong bool
}

// Swarm is what the cross-check says of the torrent as a whole.
type Swarm struct {
	Claimed Volume
	Seen    uint64 // bytes that all watched peers gained
	// Unmatched is how much more was claimed as uploaded than all watched peers can have
	// downloaded. It says something only if all peers are watched.
	Unmatched uint64
}

// Check compares the claims of users, by user, with the estimates of those who were watched.
func (c Contrast) Check(claims []Volume, seen []Estimate) (s Swarm, verdicts []Verdict) {
	var room uint64
	for k := range seen {
		s.Seen = sum(s.Seen, seen[k].Gained)
		room = sum(room, seen[k].SessionHigh)
	}
	for _, v := range claims {
		s.Claimed.add(v)
	}
	s.Unmatched = excess(s.Claimed.Up, room)
	for k := range seen {
		e := &seen[k]
		if uint64(e.User) >= uint64(len(claims)) {
			continue
		}
		v := claims[e.User]
		verdicts = append(verdicts, Verdict{User: e.User,
			DownShort: c.less(v.Down, e.Low),
			DownLong:  c.less(e.SessionHigh, v.Down),
			UpLong:    c.less(excess(room, e.SessionHigh), v.Up)})
	}
	return s, verdicts
}

// less reports whether a is less than b by more than is excused.
func (c Contrast) less(a, b uint64) bool {
	d := excess(b, a)
	return d > c.Slack && over(d, b, c.Share)
}
