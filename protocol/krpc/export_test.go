package krpc

// The two ways to decode, for tests that compare them.
var (
	Quick   = quick
	General = general
)
