// Package latency reads how long lookups took, for figures that draw distributions of it.
//
// Read and ReadBoth go once through lookups.parquet and return a Sample for each cell; who selects
// rows otherwise fills BySeed and calls Sort. Of a sample Quantile, Marks and Thin make numbers,
// marked points, and a curve of few enough vertices with its band. Times are in nanoseconds.
package latency
