package stored

// A Judgement is what is measured of one method against one way to cheat.
type Judgement struct {
	Method    string      `json:"method"`
	Cheat     string      `json:"cheat"`
	Cell      int         `json:"cell"`
	Shows     string      `json:"shows"`
	Side      string      `json:"side"`
	Metric    string      `json:"metric"`
	Value     float64     `json:"value"`
	CI95      *[2]float64 `json:"ci95"`
	Precision *float64    `json:"precision"` // of accusations; absent if nobody was accused
	Expected  string      `json:"expected"`
}

// What a judgement shows; see package results.
const (
	ShowsError     = "error"
	ShowsDetection = "detection"
	ShowsFalse     = "false"
	ShowsCoverage  = "coverage"
	ShowsFlagged   = "flagged"
	ShowsVictims   = "victims"
)
