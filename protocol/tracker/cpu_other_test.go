//go:build !unix

package tracker

import "time"

var began = time.Now()

// cpuTime stands in for the processor time where that cannot be asked for.
func cpuTime() time.Duration { return time.Since(began) }
