// Package crawls is the folder of a crawl of a DHT, real or simulated. [New] takes what a crawler
// found and sums it up, and [Write] lays it out:
//
//	crawl.json           settings, totals, clients, contacts by bucket, the network's size
//	nodes.parquet        a row for each id at an address; nodes.csv the same as text
//	infohashes.csv       what was sampled (BEP 51), if it was asked for
//	manifest.json        when and where
//
// Figures are drawn from these files. All but the manifest are a function of what was found.
package crawls
