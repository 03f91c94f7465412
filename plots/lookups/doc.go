// Package lookups has the figures of how lookups go: in how many hops, and how fast.
//
//	hops, hops_cdf    H_contact in one cell and in several, beside the analytic model
//	hops_size         its mean against the number of nodes
//	latency           the distribution of latencies; callout names curves where they are
//	clients           cells that differ in the profile of their client, a plot a quantity
//	calibration       a simulated run beside the same one on real sockets, which worlds reads
//
// Each figure is one function of the stored results and the look.
package lookups
