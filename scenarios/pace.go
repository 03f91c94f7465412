package scenarios

import (
	"strings"
	"time"
)

// Pace is a Rate that may be written with a fraction, as theories have it: 0.04/s is 144/h. The
// zero value is none.
type Pace struct{ Rate }

func parsePace(text string) (Pace, error) {
	count, unit, _ := strings.Cut(text, "/")
	if strings.Contains(count, ".") {
		for _, longer := range [...]struct {
			from, to string
			times    int64
		}{{"s", "s", 1}, {"s", "m", 60}, {"s", "h", 3600}, {"m", "m", 1}, {"m", "h", 60},
			{"h", "h", 1}} {
			if longer.from != unit {
				continue
			}
			if whole, err := parseDecimal(count, longer.times); err == nil {
				rate := Rate{Events: int(whole)}
				text = rate.text(longer.to)
				break
			}
		}
	}
	rate, err := parseRate(text)
	return Pace{rate}, err
}

// Mean is the mean time between two events.
func (p Pace) Mean() time.Duration { return p.Per / time.Duration(p.Events) }
