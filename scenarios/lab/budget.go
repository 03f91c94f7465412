package lab

import (
	"context"
	"fmt"
	"time"

	"swarmlab/scenarios"
	"swarmlab/sim"
)

// budget ends a run that costs too much: it is looked at after each simulated second, and after
// each sim.PulseEvents events in case a second does not end.
type budget struct {
	ctx    context.Context
	limits scenarios.Budget
	began  time.Time
}

func newBudget(ctx context.Context, limits scenarios.Budget) *budget {
	return &budget{ctx: ctx, limits: limits, began: time.Now()}
}

// check returns why the run must end, or nil.
func (b *budget) check(w *sim.World) error {
	if err := b.ctx.Err(); err != nil {
		return err
	}
	at := time.Duration(w.Now()).Round(time.Millisecond)
	if most := b.limits.Events; most > 0 && w.Tally().Events > most {
		return fmt.Errorf("budget: more than %d events by %v of simulated time; "+
			"raise budget.events, or look for what never rests", most, at)
	}
	if most := time.Duration(b.limits.Time); most > 0 && time.Since(b.began) > most {
		return fmt.Errorf("budget: not at its end after %v, but at %v of simulated time; "+
			"raise budget.time, or simulate less", most, at)
	}
	return nil
}

// overrun is what a pulse panics with, to get out of the world.
type overrun struct{ error }

// pulse ends the run from within a simulated second.
func (b *budget) pulse(w *sim.World) {
	if err := b.check(w); err != nil {
		panic(overrun{err})
	}
}
