// Package studies has the figures of a sweep, which show any metrics over any settings.
//
//	measure    a metric of the study in a unit for people, and how it is entered in the data
//	axis       a varied setting: its values, their order and labels, and points of all settings
//	ruler      where the values of a measure lie along an axis
//	sweep      small multiples: metrics along one setting, a line for each value of another
//	heat       maps over the first two settings
//	front      each cell by cost and worth, with labels for which tags finds places
//
// Each figure is one function of the stored results and the look. What a study names and the run
// has not is left out, and the caption says so.
package studies
