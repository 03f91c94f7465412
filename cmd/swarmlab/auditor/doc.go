// Package auditor has the command `swarmlab audit`, which watches the swarm of a torrent and tells
// who got how much:
//
//	command    flags -> a torrents.Session that observes, and the folder
//	run        scrape -> join -> look each second -> scrape -> store -> print
//	eye        what peers show -> sightings of users, whom it knows again
//	book       sightings -> what is told, and what they may cost
//	journal    sightings on the disk while it runs, to go on after a kill
//	scrape     what trackers count; client the programs by their peer ids
//	tell       lines, JSON, or the view on a terminal, which screen lays out; text and report
//	           are what they tell
package auditor
