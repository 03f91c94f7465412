package client

import (
	"math"

	"swarmlab/protocol/swarm"
	"swarmlab/protocol/tracker"
)

// Reporting is what a client program means by the totals that it tells trackers.
type Reporting uint8

// The programs, and what they count. There are no web seeds here, which some of them count too.
const (
	// ReportsLibtorrent counts payload as it leaves and as it comes, parts of blocks included. It
	// takes off what came in vain, so that the download goes down when a piece fails its hash.
	// Each start counts anew.
	ReportsLibtorrent Reporting = iota
	// ReportsTransmission counts what is uploaded with the headers of the messages, and downloads
	// by whole pieces that passed their hash. It counts on unless a stop was answered.
	ReportsTransmission
	// ReportsAnacrolix counts blocks: those written to a connection, and those that came and were
	// missing, whether or not their piece failed later.
	ReportsAnacrolix
	// ReportsWebtorrent counts blocks written to a connection, and as downloaded all that is there,
	// also from before.
	ReportsWebtorrent
	// ReportsTrueDownloaded is libtorrent with the setting report_true_downloaded: what came twice
	// is counted.
	ReportsTrueDownloaded
	reportings
)

var reportingNames = [reportings]string{"libtorrent", "transmission", "anacrolix", "webtorrent",
	"libtorrent-true"}

// String returns the word for r.
func (r Reporting) String() string { return reportingNames[r] }

// Reportings returns the words for all kinds of reporting, in their order.
func Reportings() (words []string) {
	for r := range reportings {
		words = append(words, r.String())
	}
	return words
}

// What is left, as clients say that do not know it: libtorrent names the length of a block.
const (
	leftLibtorrent   = 1 << 14
	leftTransmission = math.MaxInt64
)

// totals returns what a client tells of its books.
func (r Reporting) totals(b *swarm.Books) (t tracker.Totals) {
	missing := b.Total - b.Verified
	switch r {
	case ReportsTransmission:
		t = tracker.Totals{Uploaded: b.PayloadUp + b.HeadersUp,
			Downloaded: b.Verified - b.Brought, Left: missing - b.Pending, Corrupt: b.Failed}
	case ReportsAnacrolix:
		t = tracker.Totals{Uploaded: b.Queued, Downloaded: b.Useful, Left: missing - b.Pending}
	case ReportsWebtorrent:
		t = tracker.Totals{Uploaded: b.Queued, Downloaded: b.Verified + b.Pending,
			Left: missing - b.Pending}
	default:
		t = tracker.Totals{Uploaded: b.PayloadUp, Downloaded: b.PayloadDown - b.Failed,
			Left: missing, Corrupt: b.Failed, Redundant: b.Redundant + b.Partial}
		if r == ReportsLibtorrent {
			t.Downloaded -= t.Redundant
		}
	}
	if !b.Known {
		t.Left = r.unknown()
	}
	return t
}

func (r Reporting) unknown() uint64 {
	switch r {
	case ReportsLibtorrent, ReportsTrueDownloaded:
		return leftLibtorrent
	case ReportsTransmission:
		return leftTransmission
	}
	return tracker.UnknownLeft
}
