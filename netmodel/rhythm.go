package netmodel

import (
	"errors"
	"math/bits"
	"time"

	"swarmlab/protocol"
)

// Rhythm is how the rate at which nodes come online differs from one time to another: by a wave,
// such as that of the day, and by bursts. The zero Rhythm is even: nodes come one by one, as in a
// Poisson process. A rhythm does not touch sessions, nor the laws themselves: a time offline is
// the same draw as without it, and passes faster while the rate is high.
type Rhythm struct {
	Swing  Probability   // height of the wave over the mean rate: 30 % is 0.7 to 1.3 of it
	Period time.Duration // of the wave: 1 h to a week
	Peak   time.Duration // the time at which the wave is highest; below Period
	// Burst is the standard deviation of the factor, of mean 1, by which the rate of each quarter
	// of an hour is multiplied, independently and lognormally.
	Burst Probability
}

// KadRhythm has the scatter of arrivals that was measured in Kad: Steiner, En-Najjary, Biersack, A
// global view of KAD, IMC 2007, found in one zone 115.6 arrivals in five minutes in the mean, with
// a variance 7.87 times as large, where Poisson's is as large. As many nodes with the laws of the
// preset kad have 7 to 8.6 times with this. How much of it is the day's and how much is bursts is
// ours. Fewer nodes have less: what is above 1 is in proportion to the number of arrivals.
func KadRhythm() Rhythm {
	return Rhythm{Swing: Certain / 100 * 30, Period: 24 * time.Hour, Peak: 6 * time.Hour,
		Burst: Certain / 100 * 21}
}

const (
	rhythmSlot = 15 * time.Minute // for which a rate lasts
	rhythmLead = 3                // periods before 0 in which a steady start takes up the rhythm
	// rhythmAhead is how many slots, 30 days, a time offline follows the rhythm. What is then left
	// of it passes at the mean rate.
	rhythmAhead = 30 * 24 * 4

	periodMin = time.Hour
	periodMax = 7 * 24 * time.Hour

	waveSteps = 1024 // of a period, and as many bursts, that are told apart
	rateBits  = 20   // a rate is in units of 2^-20 of the mean
)

// IsZero reports whether the rate is even.
func (r Rhythm) IsZero() bool { return r.Swing == 0 && r.Burst == 0 }

func (r *Rhythm) check() error {
	switch {
	case r.IsZero():
		return nil
	case r.Swing > Certain:
		return errors.New("swing: it is above 100%, and a rate cannot be negative: lower it")
	case r.Burst > Certain:
		return errors.New("burst: it is above 100%: write the deviation of the rate over its " +
			"mean, such as 21%")
	case r.Period < periodMin || r.Period > periodMax:
		return errors.New("period: it is outside 1h to 168h: write for instance 24h")
	case r.Peak < 0 || r.Peak >= r.Period:
		return errors.New("peak: it is not within the period: write a time from 0s to below it")
	}
	return nil
}

// pulse is a Rhythm, tabulated. It is never written again.
type pulse struct {
	period, peak uint64
	lead         protocol.Time     // by which a steady start begins before 0
	wave         [waveSteps]uint64 // rates from the peak on
	bursts       [waveSteps]uint64 // factors, equally likely; 0: none
}

// newPulse returns nil for an even rate.
func newPulse(r Rhythm) *pulse {
	if r.IsZero() {
		return nil
	}
	slots := (r.Period + rhythmSlot - 1) / rhythmSlot * rhythmLead
	p := &pulse{period: uint64(r.Period), peak: uint64(r.Peak),
		lead: protocol.Time(slots * rhythmSlot)}
	for n := range p.wave {
		height := cosine(uint64(2*n+1) << (63 - 10)).share(r.Swing)
		p.wave[n] = uint64((one + height) >> (fixedBits - rateBits))
	}
	if r.Burst > 0 {
		p.fillBursts(r.Burst)
	}
	return p
}

// fillBursts fills in quantiles of the lognormal law with a deviation, whose sigma^2 is
// ln(1+deviation^2), divided by their mean.
func (p *pulse) fillBursts(deviation Probability) {
	d := one.share(deviation)
	variance := ln(uint64(one+d.mul(d)), fixedBits)
	sigma := (ln(uint64(variance), fixedBits) / 2).exp()
	sum := uint64(0)
	for n := range waveSteps / 2 {
		z := normalTail(uint64(2*n+1) << (63 - 10)).mul(sigma)
		low, high := uint64(scaleExp(1<<40, -z)), uint64(scaleExp(1<<40, z))
		p.bursts[n], p.bursts[waveSteps-1-n] = low, high
		sum += low + high
	}
	for n := range p.bursts {
		p.bursts[n] = p.bursts[n] << rateBits / (sum / waveSteps)
	}
}

// share returns x*p.
func (x fixed) share(p Probability) fixed { return x.ratio(uint64(p), uint64(Certain)) }

// cosine returns the cosine of an angle of turn/2^64 of a full circle.
func cosine(turn uint64) fixed {
	const quarter, twoPi = 1 << 62, 0xc90fdaa22168c235 // 2 pi in units of 2^-61
	turn = min(turn, -turn)
	beyond := turn > quarter
	if beyond {
		turn = 2*quarter - turn
	}
	hi, _ := bits.Mul64(turn, twoPi)
	x := fixed(hi >> (61 - fixedBits))
	square := x.mul(x)
	sum, term := one, one
	for k := fixed(1); term != 0; k += 2 {
		term = -term.mul(square) / (k * (k + 1))
		sum += term
	}
	if beyond {
		return -sum
	}
	return sum
}

// rate returns the rate of a slot, counted from the lead on.
func (p *pulse) rate(seed uint64, slot uint64) uint64 {
	middle := slot*uint64(rhythmSlot) + uint64(rhythmSlot)/2 - uint64(p.lead)
	// The lead is a multiple of slots, not of periods: a few periods make the time positive.
	phase := (middle + 2*rhythmLead*p.period - p.peak) % p.period
	hi, lo := bits.Mul64(phase, waveSteps)
	step, _ := bits.Div64(hi, lo, p.period)
	rate := p.wave[step]
	if p.bursts[0] != 0 {
		r := protocol.NewRand(seed, purposeBurst, slot)
		rate = rate * p.bursts[r.Uint64()>>(64-10)] >> rateBits
	}
	return rate
}

// stretch returns how long, from a time on, an interval takes that takes need at an even rate.
func (p *pulse) stretch(seed uint64, from protocol.Time, need time.Duration) time.Duration {
	if from > protocol.Never/2 {
		return need
	}
	const length = uint64(rhythmSlot)
	begin := uint64(from + p.lead)
	at, left := begin, uint64(need)
	for slot := at / length; slot < begin/length+rhythmAhead; slot++ {
		rate := p.rate(seed, slot)
		room := (slot+1)*length - at
		hi, lo := bits.Mul64(room, rate)
		if passes := hi<<(64-rateBits) | lo>>rateBits; passes < left {
			at, left = at+room, left-passes
			continue
		}
		takes, _ := bits.Div64(left>>(64-rateBits), left<<rateBits, rate)
		return time.Duration(max(at-begin+takes, 1))
	}
	return time.Duration(min(at-begin+left, uint64(spanMax)))
}
