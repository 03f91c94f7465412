// Package overlay has the figures of the DHT as a whole: its ids, tables and records, what crawlers
// and probes see of them, and what happens over time.
//
//	id_space, cluster    where the ids of a crawl lie, and groups too close for chance
//	buckets              how full the tables are that a crawl was shown
//	census               what crawlers in a run miss
//	connectivity         whom the nodes answer
//	health               what tables hold, and which share of it is dead
//	holders              how many nodes still have a record, by its age
//	timeline, moments    population, success, dead contacts and latency over the time of a run
//
// Each figure is one function of the stored results and the look.
package overlay
