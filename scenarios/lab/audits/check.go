package audits

import "fmt"

// check holds what was found against what must be so in any run (TARGETS, E8).
func (b *Books) check(truths []Truth) error {
	var up, down uint64
	for u := range truths {
		up += truths[u].Up
		down += truths[u].Down
	}
	if off, of := b.solved.residual(); off > 1e-6*max(of, 1) {
		return fmt.Errorf("audit: M3's fractions and residuals differ from the balances by %.0f "+
			"of %.0f bytes", off, of)
	}
	return nil
}
