// Package results writes what runs found into a results folder, and reads one back.
//
// Package lab makes an [Outcome]: the runs of all cells with all seeds, as package findings has
// them. [Summarise] reduces it to statistics, and [Write] lays the folder out:
//
//	scenario.yaml        the resolved scenario, accepted back as input
//	manifest.json        version, modules, seeds, fingerprints, start and end, host, failures
//	summary.json         of each cell what was varied, its metrics, and what theory says of them
//	metrics.json         the dictionary: name, unit, definition and source of every metric
//	lookups.parquet      a row for each measured lookup; lookups.csv beside it if they are few
//	series.parquet       a row for each minute and client: nodes up, traffic, the state of tables;
//	                     series.csv beside it if it is short
//	buckets.parquet      a row for each minute, client and depth of the table: contacts, and how
//	                     many are dead; buckets.csv beside it if there are few
//	records.parquet      what became of announced records: a row for each record and age;
//	                     records.csv beside it if there are few; neither if nothing was announced
//	peers.parquet        a row for each peer in each torrent: when it came, completed and left,
//	                     and its bytes by the network's books and by its own
//	transfers.parquet    the network's books of payload: a row for each ordered pair of peers
//	swarm.parquet        a row for each sampled time and torrent; peers.csv, transfers.csv and
//	                     swarm.csv beside them where there are few; none without torrents
//	accounts.parquet     a row for each user and method of accounting: what it says of the user's
//	                     bytes and whether it accuses him, beside the truth
//	audit_costs.parquet  what each method cost
//	balances.parquet     what was claimed of each torrent in each window of time; accounts.csv,
//	                     audit_costs.csv and balances.csv beside them where there are few; none
//	                     without an audit
//	runs.csv             a row for each run: fingerprint, ledger, counters
//	faults.csv           a row for each fault of each run: how many datagrams it hit
//	checkpoints.parquet  the fingerprint of each run at each simulated second
//	figures/             drawn by package plots from the files above
//
// Where a scenario names published values, summary.json has them beside ours, with a verdict each
// (package targets). Scenarios that were run together have a folder each, and one of their targets:
//
//	targets.json         of all scenarios ([Join], [WriteJoint])
//	figures/
//
// The parts have packages of their own: metrics reduces runs to numbers, and below here lie tables,
// the rows of runs as files; targets; manifest; staging, by which files appear whole or not at all;
// and unfinished, which keeps the finished runs of an experiment that is under way. An outcome
// whose runs are kept there reads their rows when it is written, one run or cell after the other.
// Beside them are the folders of others: crawls, observation of a live audit, and worlds, which
// adds a calibration to the results of its run.
//
// Only manifest.json and figures know the time of day: all else is a function of scenario, seeds
// and program version, byte for byte.
package results
