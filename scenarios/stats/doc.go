// Package stats says what observations tell, and how sure it is: of one metric over seeds
// ([Of], [OfRuns], [Summary]), of a mean ([Student], [Interval]), of a difference between pairs of
// runs ([PairedP], and [Holm] where there are many), of two samples ([KolmogorovSmirnov],
// [ChiSquare]), and of the time that a run takes to settle ([MSER]).
//
// It knows nothing of simulations: package metrics hands it numbers, one slice a seed, since what
// one seed observes may depend on each other, and seeds do not. Sums of whole numbers are exact and
// floats are rounded to nine digits when they are written ([Number]), so that neither the order of
// observations nor the processor shows. A share of nothing is not a number, and null in JSON; an
// interval for which there are too few observations is nil.
package stats
