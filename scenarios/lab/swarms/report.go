package swarms

import (
	"cmp"
	"slices"

	"swarmlab/protocol"
	"swarmlab/scenarios/findings"
	"swarmlab/sim"
)

// regular is for how long one peer had another unchoked for what it gave.
type regular struct {
	from, to, torrent uint32
	ns                int64
}

func byPair(a, b regular) int {
	return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to),
		cmp.Compare(a.torrent, b.torrent))
}

// Report writes what was found into a run, after its end. An error says which of the invariants of
// accounting the run has broken.
func (w *World) Report(run *findings.Run) error {
	for _, p := range w.populations {
		for i := range p.size {
			for k := range w.peers[p.first+i].parts {
				p.keep(i, k)
			}
		}
	}
	out := &findings.Swarm{Samples: w.sampler.rows, Messages: w.Messages()}
	out.Transfers = w.transfers(int32(run.Cell))
	swarms := w.companies()
	for node := range w.peers {
		if w.of(uint32(node)).observes() {
			continue
		}
		for k := range w.peers[node].parts {
			s := &w.peers[node].parts[k]
			if !s.came() {
				continue
			}
			s.row.Cell = int32(run.Cell)
			from, to := s.stayed(w.sim.Now())
			s.row.Others = int32(swarms[s.torrent.number].others(from, to))
			out.Peers = append(out.Peers, s.row)
		}
	}
	for n := range out.Samples {
		out.Samples[n].Cell = int32(run.Cell)
	}
	run.Swarm = out
	return w.reportAudit(run)
}

// keep enters what a peer that is still there did.
func (p *population) keep(i uint32, k int) {
	s := &p.world.peers[p.first+i].parts[k]
	if !s.present {
		return
	}
	if s.leeches {
		p.stopsLeeching(i, k, p.world.sim.Now())
	}
	p.record(i, k)
}

// transfers are the rows of the network's ledger, with what it says of each peer entered there.
// Overhead is of a pair: it is entered in a peer's first row.
func (w *World) transfers(cell int32) []findings.Transfer {
	slices.SortFunc(w.gifts, byPair)
	var rows []findings.Transfer
	for _, t := range w.sim.Transfers() {
		from, to := &w.partIn(t.From, t.Content).row, &w.partIn(t.To, t.Content).row
		if t.Content == sim.Overhead {
			from.OverheadUp += t.Sent
			to.OverheadDown += t.Delivered
			continue
		}
		from.PayloadUp += t.Delivered
		to.PayloadDown += t.Delivered
		rows = w.addTransfer(rows, &t, cell)
	}
	return rows
}

// partIn returns the part of a node in what has a content, or its first one.
func (w *World) partIn(node, content uint32) *part {
	parts := w.peers[node].parts
	for k := range parts {
		if parts[k].torrent.number == content&^protocol.Junk {
			return &parts[k]
		}
	}
	return &parts[0]
}

// addTransfer adds a row, or junk to the row of what it was in the place of.
func (w *World) addTransfer(rows []findings.Transfer, t *sim.Transfer, cell int32,
) []findings.Transfer {
	name := w.torrents[t.Content&^protocol.Junk].name
	last := len(rows) - 1
	if last < 0 || rows[last].From != t.From || rows[last].To != t.To ||
		rows[last].Torrent != name {
		row := findings.Transfer{Cell: cell, Seed: w.seed, From: t.From, To: t.To,
			FromGroup: w.nameOf(t.From), ToGroup: w.nameOf(t.To), Torrent: name,
			Unchoked: w.unchoked(t.From, t.To, t.Content&^protocol.Junk)}
		rows, last = append(rows, row), last+1
	}
	if t.Content&protocol.Junk != 0 {
		rows[last].Junk += t.Sent
		return rows
	}
	rows[last].Sent, rows[last].Delivered = t.Sent, t.Delivered
	rows[last].Lost, rows[last].InFlight = t.Lost, t.InFlight
	return rows
}

func (w *World) unchoked(from, to, torrent uint32) int64 {
	at, found := slices.BinarySearchFunc(w.gifts,
		regular{from: from, to: to, torrent: torrent}, byPair)
	if !found {
		return 0
	}
	return w.gifts[at].ns
}
