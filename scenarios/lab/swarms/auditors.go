package swarms

import "swarmlab/scenarios/results"

type auditors struct{}

func (w *World) reportAudit(run *results.Run) error { return nil }
