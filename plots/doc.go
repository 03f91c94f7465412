// Package plots draws the figures of a finished run from its stored results, and from nothing else.
//
// It knows no type of the simulator: a results folder is a few files, and all may be years old.
//
//	summary.json      what was run, the metrics of every cell, the analytic models beside them
//	lookups.parquet   one row a lookup; opened only by figures that need single lookups or seeds
//
//	targets.json      in place of a summary: the published values of several scenarios
//
// A folder without summary.json may hold a crawl of a DHT, whose figures are fixed:
//
//	crawl.json        settings, totals, contacts by bucket, the network's size
//	nodes.parquet     one row an id at an address
//
// The caller (the commands run and plot) calls Draw once with the folder and a theme. Draw reads
// and checks summary.json, and then, for each name in its list of figures, in order:
//
//	registry  -> the figure's function turns results into one: message, marks, data, caption
//	page      -> lays out title, legend, axes and footer, so that none can cover another;
//	             grid lines up the plots of a figure that has several
//	canvas    -> the same page as SVG (fonts embedded), PDF and PNG
//	caption   -> NAME.md, with definition, n, seeds, intervals, model, and the provenance
//	table     -> NAME.csv, the numbers behind every mark, tidy: one row an observation
//
// All five files of a figure are complete in memory before the first is written, and each appears
// whole or not at all. Equal input gives equal bytes; the time of day and the folder's name leave
// no trace. Bytes of PNG files may differ between processor architectures, because Go may fuse
// multiplications and additions there; CSV and captions print rounded numbers.
//
// A new figure is one function from (*results, look) to (*figure, error) and one line in the
// registry. A figure that the results cannot support (one network size, no successful lookup) is
// skipped with a reason, which is not an error. A damaged or foreign folder is an error that names
// the file and the mend.
//
// Intervals are made over seeds, never over pooled lookups: lookups of one run share their network.
//
// The PDF library keeps its clock and its order of objects in global defaults. They are set once,
// before the first page, and are the only state outside a call.
package plots
