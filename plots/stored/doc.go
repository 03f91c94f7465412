// Package stored reads a results folder, which may be years old, and says how to name what is in
// it. It knows no type of the simulator and nothing of drawing.
//
//	summary.json      what was run, the metrics of every cell, the analytic models beside them
//	*.parquet         one row an observation; opened only by figures that need them
//
//	targets.json      in place of a summary: the published values of several scenarios
//
//	crawl.json        without a summary: what a crawl of a DHT found, and
//	nodes.parquet     one row an id at an address
//
// Open reads and checks the folder once. A row type names the columns that it wants in its
// `parquet` tags; Scan and ScanLookups hand its rows over one by one, and Place finds the cell and
// the seed of a row. Label and Arm name a cell by what was varied.
//
// A damaged or foreign folder is an error that names the file and the mend.
package stored
