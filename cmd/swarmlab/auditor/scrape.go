package auditor

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"swarmlab/cmd/swarmlab/endpoint"
	"swarmlab/cmd/swarmlab/identity"
	"swarmlab/cmd/swarmlab/torrents"
	"swarmlab/protocol/live/httptracker"
	"swarmlab/protocol/tracker"
	"swarmlab/scenarios/results/observation"
)

const (
	scrapeTime   = 5 * time.Second         // for a tracker's answer
	scrapeAgain  = 1500 * time.Millisecond // by UDP, after no answer
	scrapeApart  = 5 * time.Minute         // between two scrapes
	scrapedMost  = 8                       // trackers of a torrent
	scrapePacket = 2048
)

// scraper asks the trackers of a torrent what they count.
type scraper struct {
	urls []string
	hash [20]byte
	from netip.Addr // of this host
}

func newScraper(of *torrents.Source, from netip.Addr) *scraper {
	s := &scraper{hash: of.Hash, from: from}
	for _, tier := range of.Trackers {
		for _, url := range tier {
			if len(s.urls) < scrapedMost {
				s.urls = append(s.urls, url)
			}
		}
	}
	return s
}

// sameTracker says whether two URLs are of one host, which counts alike by any transport.
func sameTracker(a, b string) bool {
	u, wrong := tracker.ParseURL(a)
	v, bad := tracker.ParseURL(b)
	return wrong == nil && bad == nil && u.Host == v.Host
}

// scrape asks all trackers at once. Those that do not answer have a Problem.
func (s *scraper) scrape(
	ctx context.Context, limit time.Duration,
) []observation.Scrape {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	all := make([]observation.Scrape, len(s.urls))
	var asked sync.WaitGroup
	for n, tracked := range s.urls {
		asked.Go(func() {
			counts, err := s.ask(ctx, tracked)
			all[n] = observation.Scrape{Tracker: tracked, Seeders: counts.Seeders,
				Leechers: counts.Leechers, Completed: counts.Completed}
			if errors.Is(err, context.DeadlineExceeded) {
				err = fmt.Errorf("no answer within %v", limit)
			}
			if err != nil {
				all[n].Problem = tracker.Text([]byte(endpoint.Cause(err)))
			}
		})
	}
	asked.Wait()
	return all
}

func (s *scraper) ask(ctx context.Context, url string) (tracker.Counts, error) {
	u, err := tracker.ParseURL(url)
	if err != nil {
		return tracker.Counts{}, err
	}
	if u.Scheme == "udp" {
		return s.askUDP(ctx, &u)
	}
	at, ok := tracker.ScrapeURL(url)
	if !ok {
		return tracker.Counts{}, errors.New("it cannot be scraped: its URL does not end in " +
			"announce")
	}
	body, err := httptracker.FetchFrom(ctx, s.from, string(tracker.AppendScrape(nil, at, s.hash)))
	if err != nil {
		return tracker.Counts{}, err
	}
	var answer tracker.Scrape
	if f := tracker.ParseScrapeReply(body, &answer); f != tracker.OK {
		return tracker.Counts{}, fmt.Errorf("the answer is not one of a tracker: %v", f)
	}
	if answer.Failure != "" {
		return tracker.Counts{}, errors.New(answer.Failure)
	}
	for _, c := range answer.Files {
		if c.InfoHash == s.hash {
			return c, nil
		}
	}
	return tracker.Counts{InfoHash: s.hash}, nil // nobody has announced it yet
}

// askUDP asks by UDP: for a connection id, and with it for the counts.
func (s *scraper) askUDP(ctx context.Context, u *tracker.URL) (tracker.Counts, error) {
	network, dialer := "udp4", &net.Dialer{}
	if s.from.Is6() {
		network = "udp6"
	}
	if s.from.IsValid() && !s.from.IsUnspecified() {
		dialer.LocalAddr = net.UDPAddrFromAddrPort(netip.AddrPortFrom(s.from, 0))
	}
	c, err := dialer.DialContext(ctx, network,
		net.JoinHostPort(u.Host, strconv.Itoa(int(u.Port))))
	if err != nil {
		return tracker.Counts{}, err
	}
	defer c.Close()
	defer context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })()
	random := identity.Random()
	tid := binary.BigEndian.Uint32(random[:])
	six := s.from.Is6()
	a, err := scrapeStep(ctx, c, six, tracker.AppendConnect(nil, tid), tracker.ActionConnect, tid)
	if err == nil {
		q := tracker.AppendScrapeRequest(nil, a.Connection, tid+1, s.hash)
		a, err = scrapeStep(ctx, c, six, q, tracker.ActionScrape, tid+1)
	}
	if err != nil {
		return tracker.Counts{}, err
	}
	counts, ok := a.CountsAt(0)
	if !ok {
		return tracker.Counts{}, errors.New("the answer has no counts")
	}
	return counts, nil
}

// scrapeStep sends a packet until the answer to it comes.
func scrapeStep(
	ctx context.Context, c net.Conn, six bool, q []byte, want tracker.Action, tid uint32,
) (a tracker.Answer, err error) {
	p := make([]byte, scrapePacket)
	for ctx.Err() == nil {
		if _, err := c.Write(q); err != nil {
			return a, err
		}
		c.SetReadDeadline(time.Now().Add(scrapeAgain))
		for ctx.Err() == nil {
			n, err := c.Read(p)
			var late net.Error
			if errors.As(err, &late) && late.Timeout() {
				break
			}
			if err != nil {
				return a, err
			}
			if tracker.ParseAnswer(p[:n], six, &a) != tracker.OK || a.Transaction != tid {
				continue
			}
			switch a.Action {
			case tracker.ActionError:
				return a, errors.New(tracker.Text(a.Text))
			case want:
				return a, nil
			}
		}
	}
	return a, ctx.Err()
}
