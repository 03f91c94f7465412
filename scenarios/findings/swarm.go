package findings

// Swarm is what a run of a swarm scenario found: the network's truth, and what the peers of each
// torrent counted themselves.
type Swarm struct {
	Peers     []Peer        // in the order of the nodes, without those that only observe
	Transfers []Transfer    // by sender, then receiver, then torrent
	Samples   []SwarmSample // by time, then torrent
	Messages  uint64        // of the peer protocol, that came to peers
}

// Peer is one peer in one torrent: a row of peers.parquet. Times are simulated; what did not happen
// is 0. What crossed the network is the network's truth; useful, redundant, failed and wasted are
// the peer's own tallies.
type Peer struct {
	Cell         int32  `parquet:"cell"`
	Seed         uint64 `parquet:"seed"`
	Node         uint32 `parquet:"node"`
	Group        string `parquet:"group"`
	Torrent      string `parquet:"torrent"`
	Size         uint64 `parquet:"size"`     // bytes of the torrent
	Complete     uint64 `parquet:"complete"` // of them that the peer had when it joined
	Joined       int64  `parquet:"joined_ns"`
	FirstPiece   int64  `parquet:"first_piece_ns"` // the first verified piece
	Completed    int64  `parquet:"completed_ns"`
	Left         int64  `parquet:"left_ns"`
	UpRate       uint64 `parquet:"up_rate"`      // bytes a second of its line; 0 for no limit
	DownRate     uint64 `parquet:"down_rate"`    // likewise
	PayloadUp    uint64 `parquet:"payload_up"`   // delivered to others
	PayloadDown  uint64 `parquet:"payload_down"` // delivered to it
	OverheadUp   uint64 `parquet:"overhead_up"`  // other bytes of streams, sent
	OverheadDown uint64 `parquet:"overhead_down"`
	LeechedUp    uint64 `parquet:"leeched_up"` // payload sent before it had completed
	Useful       uint64 `parquet:"useful"`
	Redundant    uint64 `parquet:"redundant"`
	Failed       uint64 `parquet:"failed"`
	Wasted       uint64 `parquet:"wasted"`        // all that came and was of no use
	Remotes      int32  `parquet:"remotes"`       // distinct peers that it was connected with
	Connected    int64  `parquet:"connected_ns"`  // sum over connections, while it leeched
	Interested   int64  `parquet:"interested_ns"` // of it, time that it was interested
	FirstFound   int64  `parquet:"first_found_ns"`
	Others       int32  `parquet:"others"`        // in the swarm while it was, observers too
	FoundTracker int32  `parquet:"found_tracker"` // distinct peers first learnt from the tracker
	FoundDHT     int32  `parquet:"found_dht"`
	FoundPEX     int32  `parquet:"found_pex"`
}

// Transfer is the payload that one node sent to another of one torrent, by the network's ledger: a
// row of transfers.parquet. Sent is Delivered, Lost and InFlight together.
type Transfer struct {
	Cell      int32  `parquet:"cell"`
	Seed      uint64 `parquet:"seed"`
	From      uint32 `parquet:"from"`
	To        uint32 `parquet:"to"`
	FromGroup string `parquet:"from_group"`
	ToGroup   string `parquet:"to_group"`
	Torrent   string `parquet:"torrent"`
	Sent      uint64 `parquet:"sent"`
	Delivered uint64 `parquet:"delivered"`
	Lost      uint64 `parquet:"lost"`
	InFlight  uint64 `parquet:"in_flight"`
	Junk      uint64 `parquet:"junk"`        // of other bytes than the torrent's, sent; not in Sent
	Unchoked  int64  `parquet:"unchoked_ns"` // by From while it leeched, for what To gave
}

// SwarmSample is the state of one torrent at one time: a row of swarm.parquet. Bytes are of the
// time since the sample before.
type SwarmSample struct {
	Cell              int32   `parquet:"cell"`
	Seed              uint64  `parquet:"seed"`
	At                int64   `parquet:"at_ns"`
	Torrent           string  `parquet:"torrent"`
	Leechers          int32   `parquet:"leechers"`
	Seeds             int32   `parquet:"seeds"`
	Arrived           int32   `parquet:"arrived"`     // leechers, from the beginning on
	Completed         int32   `parquet:"completed"`   // likewise
	Aborted           int32   `parquet:"aborted"`     // left before they had completed
	UpBytes           uint64  `parquet:"up_bytes"`    // payload sent by all
	UpCapacity        uint64  `parquet:"up_capacity"` // that their lines could have sent
	LeecherUpBytes    uint64  `parquet:"leecher_up_bytes"`
	LeecherUpCapacity uint64  `parquet:"leecher_up_capacity"`
	CopiesMin         int32   `parquet:"copies_min"` // of a piece, at the peers present
	CopiesMean        float64 `parquet:"copies_mean"`
	Rarest            int32   `parquet:"rarest"` // pieces of which there are CopiesMin
	Connections       float64 `parquet:"connections_mean"`
	// Interested is the share of leechers' connections in whose other end they are interested.
	Interested float64 `parquet:"interested_share"`
}
