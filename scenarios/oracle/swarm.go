package oracle

import (
	"errors"
	"math"
)

// Fluid is the model of a swarm by Qiu and Srikant, "Modeling and Performance Analysis of
// BitTorrent-Like Peer-to-Peer Networks" (SIGCOMM 2004). The unit of data is the file: a peer that
// uploads at Upload 1/s sends the whole file each second. With x leechers and y seeds
//
//	dx/dt = Arrivals - Aborts x - r
//	dy/dt = r - Departures y
//	r     = min(Download x, Upload (Effectiveness x + y) + Origin)
//
// where r is the rate at which leechers complete.
type Fluid struct {
	Arrivals      float64 // leechers that come, 1/s: lambda
	Upload        float64 // of each peer, files/s: mu
	Download      float64 // most that a leecher can take, files/s: c
	Aborts        float64 // of each leecher, 1/s: theta
	Departures    float64 // of each seed, 1/s: gamma. +Inf: peers leave when they are complete
	Effectiveness float64 // share of leechers' upload that is of use: eta; see [Effectiveness]
	// Origin is what seeds that stay for ever add, files/s. It is not in the paper, in which
	// all seeds were leechers.
	Origin float64
}

// State is how many peers a swarm has.
type State struct{ Leechers, Seeds float64 }

// Steady is where a swarm comes to rest.
type Steady struct {
	State
	Completions float64 // of leechers, 1/s
	// Stay is how long a peer is a leecher, whether it completes or gives up, s: T. By Little's
	// law it is the leechers by their rate of arrival.
	Stay float64
	// Downlink tells that the leechers' downlinks limit them, and not the swarm's uplinks.
	Downlink bool
}

// errFluid is of a swarm that the model does not cover.
var errFluid = errors.New("oracle: a fluid swarm needs rates above 0 of arrival, upload, " +
	"download and departure, and an effectiveness above 0 up to 1; others may be 0")

// Steady returns the state of rest. Without Origin it is the paper's:
//
//	1/beta   = max(1/Download, (1/Effectiveness)(1/Upload - 1/Departures))
//	Leechers = Arrivals/(beta + Aborts)
//	Seeds    = Arrivals/(Departures (1 + Aborts/beta))
//	Stay     = 1/(beta + Aborts)
//
// With Origin beta is not the same at all rates of arrival; it follows from both equations with
// both derivatives 0.
func (f Fluid) Steady() (Steady, error) {
	if !(f.Arrivals > 0 && f.Upload > 0 && f.Download > 0 && f.Departures > 0 &&
		f.Effectiveness > 0 && f.Effectiveness <= 1 && f.Aborts >= 0 && f.Origin >= 0) ||
		math.IsInf(f.Arrivals+f.Upload, 1) {
		return Steady{}, errFluid
	}
	s := Steady{Downlink: true}
	s.Leechers = f.Arrivals / (f.Download + f.Aborts)
	// With uplinks as the limit: Arrivals - Aborts x = Upload (Effectiveness x + y) + Origin,
	// where y = (Arrivals - Aborts x)/Departures.
	if left := 1 - f.Upload/f.Departures; left > 0 {
		x := (f.Arrivals*left - f.Origin) / (f.Upload*f.Effectiveness + f.Aborts*left)
		if x > s.Leechers {
			s.Leechers, s.Downlink = x, false
		}
	}
	s.Completions = f.Arrivals - f.Aborts*s.Leechers
	s.Seeds = s.Completions / f.Departures
	s.Stay = s.Leechers / f.Arrivals
	return s, nil
}

// slope is how a state changes by itself.
func (f Fluid) slope(s State) State {
	done := f.Upload*(f.Effectiveness*s.Leechers+s.Seeds) + f.Origin
	done = min(done, f.Download*s.Leechers)
	return State{
		f.Arrivals - f.Aborts*s.Leechers - done,
		done - f.Departures*s.Seeds,
	}
}

// Course integrates the equations from a state on, by the classical method of Runge and Kutta, and
// returns the states after 0, 1, 2, ... steps of so many seconds. Departures must be finite.
func (f Fluid) Course(from State, step float64, steps int) []State {
	const inner = 8 // steps of the method in one of the caller's
	h := step / inner
	ahead := func(s, d State, h float64) State {
		return State{s.Leechers + h*d.Leechers, s.Seeds + h*d.Seeds}
	}
	all := []State{from}
	s := from
	for n := 1; n <= steps*inner; n++ {
		a := f.slope(s)
		b := f.slope(ahead(s, a, h/2))
		c := f.slope(ahead(s, b, h/2))
		d := f.slope(ahead(s, c, h))
		s.Leechers += h / 6 * (a.Leechers + 2*b.Leechers + 2*c.Leechers + d.Leechers)
		s.Seeds += h / 6 * (a.Seeds + 2*b.Seeds + 2*c.Seeds + d.Seeds)
		s = State{max(s.Leechers, 0), max(s.Seeds, 0)}
		if n%inner == 0 {
			all = append(all, s)
		}
	}
	return all
}

// Effectiveness is eta of the paper: the share of a leecher's upload that finds a taker, if each
// of the connections that it has is with a peer whose pieces are random ones of so many:
// 1 - (log(pieces)/pieces)^connections. A file of one piece has none to share before it is whole.
func Effectiveness(pieces int, connections float64) float64 {
	if pieces <= 1 {
		return 0
	}
	n := float64(pieces)
	return 1 - math.Pow(math.Log(n)/n, connections)
}
