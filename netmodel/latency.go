package netmodel

import (
	"fmt"
	"time"
)

// Floor is the least one-way delay that any model answers; what is configured or measured below it
// is raised to it.
const Floor = 100 * time.Microsecond

// Ceiling is the greatest delay that may be configured, and the greatest that a log-normal draw
// gives: draws above it are cut down to it.
const Ceiling = time.Hour

const sigmaMax Milli = 3000

// Latency is one of the models [Constant], [Uniform], [LogNormal], [Regions], [Coordinates] and
// [Measured], with its settings.
type Latency interface {
	// build checks the settings and prepares the model. Errors name the setting.
	build(seed uint64) (model, error)
}

// model answers the delay of a pair in ns, without jitter and not yet raised to Floor.
type model interface {
	oneWay(src, dst uint32) int64
	least() int64 // a lower bound of oneWay
}

// Defaults returns the default settings of the model of that name: constant, uniform, lognormal,
// regions, coordinates or matrix. The matrix itself has no default.
//
// The log-normal default has a median round trip of 135 ms and a spread that gives a mean of
// 162 ms, between the PlanetLab and King measurements. The access delay of regions is a modelling
// choice for DSL and cable lines, not a measurement: of log-normal shape, median 12 ms one way,
// sigma 0.8. That of coordinates has the median and the mean round trip of the King measurement,
// 156 and 178 ms; the rest of its shape is ours.
func Defaults(name string) (Latency, error) {
	switch name {
	case "constant":
		return Constant{Delay: 50 * time.Millisecond}, nil
	case "uniform":
		return Uniform{Low: 20 * time.Millisecond, High: 80 * time.Millisecond}, nil
	case "lognormal":
		return LogNormal{Median: 67500 * time.Microsecond, Sigma: 600}, nil
	case "regions":
		access := Access{Median: 12 * time.Millisecond, Sigma: 800}
		return Regions{Intra: 10 * time.Millisecond, Access: access}, nil
	case "matrix":
		return Measured{}, nil
	case "coordinates":
		access := Access{Median: 16150 * time.Microsecond, Sigma: 1000}
		return Coordinates{Spread: 20150 * time.Microsecond, Access: access}, nil
	}
	return nil, fmt.Errorf("latency.model: there is no model %q: "+
		"use constant, uniform, lognormal, regions, coordinates or matrix", name)
}

// Constant is the same delay between any two nodes.
type Constant struct {
	Delay time.Duration // one way
}

type constant int64

func (c Constant) build(uint64) (model, error) {
	return constant(c.Delay), checkDelay("latency.delay", c.Delay)
}

func (c constant) oneWay(_, _ uint32) int64 { return int64(c) }
func (c constant) least() int64             { return int64(c) }

// Uniform draws the delay of each pair evenly between two bounds, the same in both directions.
type Uniform struct {
	Low, High time.Duration // one way, both included
}

type uniform struct {
	pairs     stream
	low, span uint64
}

func (c Uniform) build(seed uint64) (model, error) {
	if err := checkDelay("latency.low", c.Low); err != nil {
		return nil, err
	}
	if err := checkDelay("latency.high", c.High); err != nil {
		return nil, err
	}
	if c.Low > c.High {
		return nil, fmt.Errorf("latency.low: %v is above latency.high, %v: exchange them",
			c.Low, c.High)
	}
	return uniform{newStream(seed, purposePair), uint64(c.Low), uint64(c.High-c.Low) + 1}, nil
}

func (m uniform) oneWay(a, b uint32) int64 {
	return int64(m.low + below(m.pairs.pair(a, b), m.span))
}
func (m uniform) least() int64 { return int64(m.low) }

// LogNormal draws the delay of each pair from a log-normal distribution, the same in both
// directions.
type LogNormal struct {
	Median time.Duration // one way
	Sigma  Milli         // standard deviation of the logarithm, from 0 to 3
}

type logNormal struct {
	pairs  stream
	delays *Table
}

func (c LogNormal) build(seed uint64) (model, error) {
	delays, err := logNormalTable("latency", c.Median, c.Sigma)
	return logNormal{newStream(seed, purposePair), delays}, err
}

func (m logNormal) oneWay(a, b uint32) int64 { return m.delays.Sample(m.pairs.pair(a, b)) }
func (m logNormal) least() int64             { return m.delays.min() }

// logNormalTable tabulates a log-normal delay in ns, at most Ceiling.
func logNormalTable(key string, median time.Duration, sigma Milli) (*Table, error) {
	if err := checkDelay(key+".median", median); err != nil {
		return nil, err
	}
	if sigma < 0 || sigma > sigmaMax {
		return nil, fmt.Errorf("%s.sigma: %v is outside 0 to %v: it is the standard deviation of "+
			"the logarithm; measured delays have 0.3 to 1", key, sigma, sigmaMax)
	}
	spread := fixed(sigma) * (one / 1000)
	at := func(z fixed) int64 { return min(scaleExp(int64(median), z), int64(Ceiling)) }
	return NewTable(func(tail uint64) (low, high int64) {
		z := normalTail(tail).mul(spread)
		return at(-z), at(z)
	}), nil
}

// Access is the delay between a node and the network's core, drawn once per node from a log-normal
// distribution. It counts at both ends of a path. The zero value is no delay.
type Access struct {
	Median time.Duration // one way; 0 for none
	Sigma  Milli         // standard deviation of the logarithm, from 0 to 3
}

// access is the delay of each node's line; delays is nil for none.
type access struct {
	nodes  stream
	delays *Table
}

func (c Access) build(seed uint64) (access, error) {
	a := access{nodes: newStream(seed, purposeAccess)}
	if c == (Access{}) {
		return a, nil
	}
	var err error
	a.delays, err = logNormalTable("latency.access", c.Median, c.Sigma)
	return a, err
}

func (a *access) both(src, dst uint32) int64 {
	if a.delays == nil {
		return 0
	}
	return a.delays.Sample(a.nodes.node(src)) + a.delays.Sample(a.nodes.node(dst))
}

func (a *access) least() int64 {
	if a.delays == nil {
		return 0
	}
	return 2 * a.delays.min()
}

func checkDelay(key string, d time.Duration) error {
	switch {
	case d < 0:
		return fmt.Errorf("%s: %v is negative: a delay is 0 or more", key, d)
	case d > Ceiling:
		return fmt.Errorf("%s: %v is above %v: check the unit", key, d, Ceiling)
	}
	return nil
}
