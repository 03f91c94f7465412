package stored

// Metrics of lookups that several figures are about.
const (
	HopMetric     = "lookup.hops.contact"
	FoundMetric   = "lookup.found_ms"
	LatencyMetric = "lookup.latency_ms"
	SuccessMetric = "lookup.success"
)
