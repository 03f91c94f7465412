package swarms

import (
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/swarm"
	"swarmlab/scenarios/findings"
)

// sampler looks at the swarms between simulated seconds, and changes nothing in them.
type sampler struct {
	step protocol.Time
	last protocol.Time // of the sample before
	rows []findings.SwarmSample
}

// span is for how long a peer is there, and for how long of that it leeches; with what it had sent
// at the sample before.
type span struct {
	from    protocol.Time // when it came, or the sample before
	leeched protocol.Time // when it completed, if it has
	sent    uint64
}

func newSampler(w *World) sampler {
	return sampler{step: protocol.Time(w.scenario.Sample)}
}

// Tick is called at the end of each simulated second.
func (w *World) Tick(now protocol.Time) {
	if now%w.sampler.step == 0 || now == w.end || now > 0 && w.Ended() {
		w.sample(now)
	}
	if w.audit != nil && now > 0 {
		w.audit.tick(now)
	}
}

func (w *World) sample(now protocol.Time) {
	if w.several {
		w.sentOfParts()
	}
	first := len(w.sampler.rows)
	for _, t := range w.torrents {
		c := &t.counts
		row := findings.SwarmSample{Seed: w.seed, At: int64(now), Torrent: t.name,
			Leechers: c.leechers, Seeds: c.seeds, Arrived: c.arrived, Completed: c.completed,
			Aborted: c.aborted}
		row.CopiesMin, row.CopiesMean, row.Rarest = copiesOf(t)
		w.sampler.rows = append(w.sampler.rows, row)
	}
	links := make([]linkCount, len(w.torrents))
	for _, p := range w.populations {
		for i := range p.size {
			for k := range w.peers[p.first+i].parts {
				n := w.peers[p.first+i].parts[k].torrent.number
				w.addPeer(&w.sampler.rows[first+int(n)], &links[n], p, i, k, now)
			}
		}
	}
	for n := range links {
		row, l := &w.sampler.rows[first+n], &links[n]
		if present := row.Leechers + row.Seeds; present > 0 {
			row.Connections = float64(l.all) / float64(present)
		}
		if l.leechers > 0 {
			row.Interested = float64(l.interested) / float64(l.leechers)
		}
	}
	w.sampler.last = now
}

// linkCount counts the connections of a swarm, from both ends.
type linkCount struct{ all, leechers, interested int }

// addPeer adds what a peer sent and could have sent since the sample before, and its connections.
func (w *World) addPeer(row *findings.SwarmSample, links *linkCount, p *population, i uint32,
	k int, now protocol.Time) {
	s := &w.peers[p.first+i].parts[k]
	if s.row.Joined == 0 && !s.present {
		return
	}
	sent := p.sent(i, k)
	if s.row.Left > 0 && s.row.Left <= int64(w.sampler.last) {
		row.UpBytes += sent - s.at.sent // what was under way when it left a torrent
		s.at.sent = sent
		return
	}
	until := now
	if s.row.Left > 0 {
		until = protocol.Time(s.row.Left)
	}
	from := max(s.at.from, w.sampler.last)
	row.UpBytes += sent - s.at.sent
	row.UpCapacity += capacity(s.row.UpRate, until.Sub(from))
	switch {
	case s.leeches:
		row.LeecherUpBytes += sent - s.at.sent
		row.LeecherUpCapacity += capacity(s.row.UpRate, until.Sub(from))
	case s.at.leeched > from:
		row.LeecherUpBytes += s.row.LeechedUp - min(s.at.sent, s.row.LeechedUp)
		row.LeecherUpCapacity += capacity(s.row.UpRate, s.at.leeched.Sub(from))
	}
	s.at.sent = sent
	if s.present && !p.observes() {
		p.countLinks(links, i, s, now)
	}
}

func (p *population) countLinks(links *linkCount, i uint32, s *part, now protocol.Time) {
	leeches := s.leeches
	p.Swarm().EachConn(i, s.torrent.number, now, func(v *swarm.ConnView) {
		links.all++
		if leeches {
			links.leechers++
			if v.Interested {
				links.interested++
			}
		}
	})
}

// capacity is how many bytes a line carries in some time.
func capacity(rate uint64, d time.Duration) uint64 {
	const ms = time.Millisecond
	return rate * uint64(d/ms) / 1000
}

// copiesOf returns how often the rarest piece is there, and any, and how many are as rare.
func copiesOf(t *torrent) (least int32, mean float64, rarest int32) {
	least = t.copies[0]
	sum := int64(0)
	for _, n := range t.copies {
		sum += int64(n)
		switch {
		case n < least:
			least, rarest = n, 1
		case n == least:
			rarest++
		}
	}
	return least, float64(sum) / float64(len(t.copies)), rarest
}
