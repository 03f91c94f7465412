package plots

// Metrics of lookups that several figures are about.
const (
	hopMetric     = "lookup.hops.contact"
	foundMetric   = "lookup.found_ms"
	latencyMetric = "lookup.latency_ms"
	successMetric = "lookup.success"
)
