package scenarios

import "time"

// What users of a ledger cost, measured on the reference machine and rounded up.
const (
	bytesPerAnnouncer   = 600
	bytesPerClaim       = 1600 // a session: its plan, and its accounts in the ledgers of all rules
	datagramsPerClaim   = 4    // an announce: connect, and the answers
	checkpointsOfLedger = 4000 // that are kept of a run, however long
)

// estimateLedgers is the cost of one run of a scenario with a ledger.
func (s *Scenario) estimateLedgers() Estimate {
	run := Estimate{Cells: 1, Runs: 1, Memory: bytesPerRun, Nodes: s.Nodes()}
	interval := uint64(max(s.Ledger.Interval, 1))
	for i := range s.Groups {
		g := &s.Groups[i]
		sessions, online := uint64(s.RoundsNumber()), s.Duration
		if s.Ledger.Rounds.None() {
			sessions, online = g.returns(s)+1, g.online(s.Duration)
		}
		announces := plus(uint64(online)/interval, times(2, sessions))
		users := uint64(g.Size)
		run.Datagrams = plus(run.Datagrams, times(users, times(announces, datagramsPerClaim)))
		run.Memory = plus(run.Memory,
			times(users, plus(bytesPerAnnouncer, times(sessions, bytesPerClaim))))
	}
	seconds := uint64(s.Duration / Duration(time.Second))
	checkpoints := times(min(seconds, checkpointsOfLedger), checkpointBytes(run.Nodes))
	run.Memory = plus(run.Memory, checkpoints)
	run.CPU = cpuTime(run.Datagrams)
	return run
}
