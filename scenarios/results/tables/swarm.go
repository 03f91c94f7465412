package tables

import (
	"strconv"

	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results/staging"
)

// The tables of swarms; there are none of a scenario without torrents.
const (
	PeersFile         = "peers.parquet"
	PeersTextFile     = "peers.csv" // only if there are few
	TransfersFile     = "transfers.parquet"
	TransfersTextFile = "transfers.csv" // only if there are few
	SwarmFile         = "swarm.parquet"
	SwarmTextFile     = "swarm.csv" // only if it is short
)

// addSwarm adds the tables, if there are any, and as text those that are short.
func (o runsOf) addSwarm(g *staging.Set, obsolete *[]string) error {
	n := o.counts()
	if err := (&table[findings.Peer]{PeersFile, PeersTextFile,
		(*findings.Run).PeerRows, peerText}).add(o, g, obsolete, n.Peers); err != nil {
		return err
	}
	if err := (&table[findings.Transfer]{TransfersFile, TransfersTextFile,
		(*findings.Run).TransferRows, transferText}).add(o, g, obsolete, n.Transfers); err != nil {
		return err
	}
	return (&table[findings.SwarmSample]{SwarmFile, SwarmTextFile,
		(*findings.Run).SwarmRows, sampleText}).add(o, g, obsolete, n.Samples)
}

func peerText(p *findings.Peer) []string {
	row := []string{itoa(p.Cell), utoa(p.Seed), utoa(p.Node), p.Group, p.Torrent,
		utoa(p.Size), utoa(p.Complete), itoa(p.Joined), itoa(p.FirstPiece), itoa(p.Completed),
		itoa(p.Left)}
	for _, v := range []uint64{p.UpRate, p.DownRate, p.PayloadUp, p.PayloadDown,
		p.OverheadUp, p.OverheadDown, p.LeechedUp, p.Useful, p.Redundant, p.Failed,
		p.Wasted} {
		row = append(row, utoa(v))
	}
	return append(row, itoa(p.Remotes), itoa(p.Connected), itoa(p.Interested),
		itoa(p.FirstFound), itoa(p.Others), itoa(p.FoundTracker), itoa(p.FoundDHT),
		itoa(p.FoundPEX))
}

func transferText(t *findings.Transfer) []string {
	return []string{itoa(t.Cell), utoa(t.Seed), utoa(t.From), utoa(t.To), t.FromGroup,
		t.ToGroup, t.Torrent, utoa(t.Sent), utoa(t.Delivered), utoa(t.Lost), utoa(t.InFlight),
		utoa(t.Junk), itoa(t.Unchoked)}
}

func sampleText(s *findings.SwarmSample) []string {
	real := func(v float64) string { return strconv.FormatFloat(v, 'g', 9, 64) }
	return []string{itoa(s.Cell), utoa(s.Seed), itoa(s.At), s.Torrent, itoa(s.Leechers),
		itoa(s.Seeds), itoa(s.Arrived), itoa(s.Completed), itoa(s.Aborted), utoa(s.UpBytes),
		utoa(s.UpCapacity), utoa(s.LeecherUpBytes), utoa(s.LeecherUpCapacity),
		itoa(s.CopiesMin), real(s.CopiesMean), itoa(s.Rarest), real(s.Connections),
		real(s.Interested)}
}

func itoa[T int32 | int64](v T) string { return strconv.FormatInt(int64(v), 10) }

func utoa[T uint32 | uint64](v T) string { return strconv.FormatUint(uint64(v), 10) }
