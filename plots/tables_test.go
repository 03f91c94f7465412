package plots

// The tables of a results folder that the synthetic runs fill, as the runs of scenarios write them.
// They are written down a second time, so that a figure which reads another column is noticed.

const (
	summaryFile = "summary.json"
	lookupsFile = "lookups.parquet"
)

type storedPeer struct {
	Cell       int32  `parquet:"cell"`
	Seed       uint64 `parquet:"seed"`
	Node       uint32 `parquet:"node"`
	Group      string `parquet:"group"`
	Size       uint64 `parquet:"size"`
	Complete   uint64 `parquet:"complete"`
	Joined     int64  `parquet:"joined_ns"`
	Completed  int64  `parquet:"completed_ns"`
	UpRate     uint64 `parquet:"up_rate"`
	Up         uint64 `parquet:"payload_up"`
	Down       uint64 `parquet:"payload_down"`
	FirstFound int64  `parquet:"first_found_ns"`
}

type storedGift struct {
	Cell      int32  `parquet:"cell"`
	Seed      uint64 `parquet:"seed"`
	From      uint32 `parquet:"from"`
	To        uint32 `parquet:"to"`
	Delivered uint64 `parquet:"delivered"`
}

type storedSwarm struct {
	Cell              int32   `parquet:"cell"`
	Seed              uint64  `parquet:"seed"`
	At                int64   `parquet:"at_ns"`
	Torrent           string  `parquet:"torrent"`
	Leechers          int32   `parquet:"leechers"`
	Seeds             int32   `parquet:"seeds"`
	Completed         int32   `parquet:"completed"`
	UpBytes           uint64  `parquet:"up_bytes"`
	UpCapacity        uint64  `parquet:"up_capacity"`
	LeecherUpBytes    uint64  `parquet:"leecher_up_bytes"`
	LeecherUpCapacity uint64  `parquet:"leecher_up_capacity"`
	CopiesMin         int32   `parquet:"copies_min"`
	CopiesMean        float64 `parquet:"copies_mean"`
}

type storedAccount struct {
	Cell         int32   `parquet:"cell"`
	Seed         uint64  `parquet:"seed"`
	Method       string  `parquet:"method"`
	User         uint32  `parquet:"user"`
	Cheat        string  `parquet:"cheat"`
	Up           uint64  `parquet:"up"`
	Down         uint64  `parquet:"down"`
	UpSeen       bool    `parquet:"up_seen"`
	DownSeen     bool    `parquet:"down_seen"`
	UpEstimate   float64 `parquet:"up_estimate"`
	DownEstimate float64 `parquet:"down_estimate"`
	UpLow        float64 `parquet:"up_low"`
	UpHigh       float64 `parquet:"up_high"`
	DownLow      float64 `parquet:"down_low"`
	DownHigh     float64 `parquet:"down_high"`
}

type storedBalance struct {
	Cell     int32  `parquet:"cell"`
	Seed     uint64 `parquet:"seed"`
	At       int64  `parquet:"at_ns"`
	Up       uint64 `parquet:"up"`
	Down     uint64 `parquet:"down"`
	TrueDown uint64 `parquet:"true_down"`
	Flagged  bool   `parquet:"flagged"`
}

type storedVerdict struct {
	Cell   int32   `parquet:"cell"`
	Seed   uint64  `parquet:"seed"`
	Method string  `parquet:"method"`
	Swarms int32   `parquet:"swarms"`
	Cheat  bool    `parquet:"cheat"`
	Score  float64 `parquet:"score"`
}

type storedCredit struct {
	Cell     int32  `parquet:"cell"`
	Seed     uint64 `parquet:"seed"`
	Group    string `parquet:"group"`
	Rule     string `parquet:"rule"`
	Cheats   bool   `parquet:"cheats"`
	Interval int64  `parquet:"interval_ns"`
	Sessions int64  `parquet:"sessions"`
}

type storedSecond struct {
	Cell     int32  `parquet:"cell"`
	Seed     uint64 `parquet:"seed"`
	Second   int32  `parquet:"second"`
	Online   int32  `parquet:"online"`
	Contacts int32  `parquet:"contacts"`
	Stale    int32  `parquet:"stale"`
	Shut     int32  `parquet:"shut"`
}

type storedBucket struct {
	Cell     int32  `parquet:"cell"`
	Seed     uint64 `parquet:"seed"`
	Client   string `parquet:"client"`
	Depth    int32  `parquet:"depth"`
	Supply   int32  `parquet:"supply"`
	Tables   int32  `parquet:"tables"`
	Full     int32  `parquet:"full"`
	Contacts int32  `parquet:"contacts"`
	Dead     int32  `parquet:"dead"`
}

type storedRecord struct {
	Cell    int32  `parquet:"cell"`
	Seed    uint64 `parquet:"seed"`
	Age     int32  `parquet:"age_s"`
	Holders int32  `parquet:"holders"`
	Online  int32  `parquet:"online"`
	Holding int32  `parquet:"holding"`
	Closest int32  `parquet:"closest"`
}
