// Package observation is the folder of a live audit: what an observer saw of a swarm of real
// clients. The auditor fills in an [Observation], and [Write] lays it out:
//
//	audit.json           the swarm, what was seen of it, and of each peer
//	peers.csv            a row for each peer
//	sightings.parquet    a row for each thing that a peer showed, from which all else follows
//	report.md            the same in words, for readers
//	manifest.json        when and where
package observation
