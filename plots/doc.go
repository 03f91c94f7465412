// Package plots draws the figures of a finished run from its stored results, and from nothing else.
//
// It knows no type of the simulator: a results folder is a few files, and all may be years old. It
// is the list of all figures, and hands the rest to the packages below it:
//
//	stored      reads the folder: summary.json and the tables, or what a crawl left
//	latency     reads how long lookups took, for several families of figures
//	number      numbers in words, and their intervals
//	page        what figures are made of, and the files that they become
//	course      panels of what happens over time
//
//	lookups     hops and latencies of lookups
//	overlay     the DHT as a whole: ids, tables, records, crawlers, its course
//	swarms      BitTorrent swarms by the books of the network
//	accounts    what methods of accounting say of users
//	ledgers     what a tracker's ledger misses, and whom it accuses
//	studies     any metrics over any settings of a sweep
//	targets     a run against published values
//
// Families of figures do not know each other; what two of them need is in one of the first five.
//
// The caller (the commands run, plot, crawl and calibrate) calls Draw once with the folder and a
// theme. Draw opens the folder, and for each name in its list of figures, in order, calls the
// figure's function, renders the page and writes five files. All five are complete in memory
// before the first is written, and each appears whole or not at all. Equal input gives equal bytes;
// the time of day and the folder's name leave no trace. Bytes of PNG files may differ between
// processor architectures, because Go may fuse multiplications and additions there; CSV and
// captions print rounded numbers. Clear makes room for the figures of new results.
//
// A new figure is one function from (*stored.Results, page.Look) to (*page.Figure, error) in the
// package of its family, and one line in the registry. A figure that the results cannot support
// (one network size, no successful lookup) is skipped with a reason, which is not an error. A
// damaged or foreign folder is an error that names the file and the mend.
package plots
