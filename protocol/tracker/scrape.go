package tracker

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"swarmlab/protocol/bencode"
)

// ScrapeMax is how many torrents one scrape may ask for (BEP 15: about 74).
const ScrapeMax = 74

// Counts is what a tracker tells of a torrent.
type Counts struct {
	InfoHash    [20]byte
	Seeders     uint32
	Completed   uint32 // how often a client said that it has completed the download
	Leechers    uint32
	Downloaders uint32 // leechers that are no partial seeds (BEP 21); HTTP only
}

// Scrape is a tracker's answer to a scrape by HTTP. It owns its memory, which is used again.
type Scrape struct {
	Failure     string
	Files       []Counts      // at most PeersMax
	MinInterval time.Duration // no scrape before; 0: not said
}

// AppendScrape appends the URL that asks for torrents at the scrape URL of a tracker.
func AppendScrape(dst []byte, url string, hashes ...[20]byte) []byte {
	for k := range hashes {
		if k == 0 {
			dst = appendFirst(dst, url, "info_hash=")
		} else {
			dst = append(dst, "&info_hash="...)
		}
		dst = AppendEscaped(dst, hashes[k][:])
	}
	return dst
}

// ParseScrape appends the torrents that the query of a scrape asks for, at most ScrapeMax. To ask
// for none is to ask for all, which is refused.
func ParseScrape(query string, dst [][20]byte) ([][20]byte, Fault) {
	first := len(dst)
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		value, ok := strings.CutPrefix(pair, "info_hash=")
		if !ok {
			continue
		}
		var hash [20]byte
		if f := hashOf(&hash, value); f != OK {
			return dst[:first], f
		}
		if len(dst)-first < ScrapeMax {
			dst = append(dst, hash)
		}
	}
	if len(dst) == first {
		return dst, BadHash
	}
	return dst, OK
}

// AppendScrapeReply appends the body of an answer to a scrape. It sorts the files, and tells one
// that comes twice once.
func AppendScrapeReply(dst []byte, s *Scrape) []byte {
	if s.Failure != "" {
		return appendFailure(dst, &Reply{Failure: s.Failure})
	}
	slices.SortFunc(s.Files, func(a, b Counts) int {
		return bytes.Compare(a.InfoHash[:], b.InfoHash[:])
	})
	dst = append(dst, "d5:filesd"...)
	for k := range s.Files {
		c := &s.Files[k]
		if k > 0 && c.InfoHash == s.Files[k-1].InfoHash {
			continue
		}
		dst = append(bencode.AppendBytes(dst, c.InfoHash[:]), 'd')
		dst = appendCount(dst, "complete", int64(c.Seeders))
		dst = appendCount(dst, "downloaded", int64(c.Completed))
		if c.Downloaders != c.Leechers {
			dst = appendCount(dst, "downloaders", int64(c.Downloaders))
		}
		dst = append(appendCount(dst, "incomplete", int64(c.Leechers)), 'e')
	}
	dst = append(dst, 'e')
	if s.MinInterval > 0 {
		dst = append(bencode.AppendString(dst, "flags"), 'd')
		dst = appendCount(dst, "min_request_interval", wholeSeconds(s.MinInterval))
		dst = append(dst, 'e')
	}
	return append(dst, 'e')
}

// ParseScrapeReply reads the body of an answer to a scrape into s.
func ParseScrapeReply(body []byte, out *Scrape) Fault {
	*out = Scrape{Files: out.Files[:0]}
	if len(body) > BodyMax {
		return TooLong
	}
	s := bencode.NewScanner(body, bencode.Limits{Depth: bodyDepth, Items: bodyItems},
		bencode.Tolerant)
	keys, ok := s.Dict()
	if !ok {
		return NotBencode
	}
	for {
		key, ok := keys.Next(&s)
		if !ok {
			break
		}
		switch string(key) {
		case "failure reason":
			if b, ok := s.Bytes(); ok {
				out.Failure = Text(b)
				continue
			}
		case "files":
			if inner, ok := s.Dict(); ok {
				out.files(&s, inner)
				continue
			}
		case "flags":
			if inner, ok := s.Dict(); ok {
				out.flags(&s, inner)
				continue
			}
		}
		s.Skip()
	}
	if s.End() != bencode.OK {
		return NotBencode
	}
	return OK
}

// files reads the torrents. Keys that are no infohash are passed over.
func (out *Scrape) files(s *bencode.Scanner, keys bencode.Keys) {
	for {
		key, ok := keys.Next(s)
		if !ok {
			return
		}
		inner, ok := s.Dict()
		if !ok {
			s.Skip()
			continue
		}
		c := countsOf(s, inner)
		if len(key) == len(c.InfoHash) && len(out.Files) < PeersMax {
			c.InfoHash = [20]byte(key)
			out.Files = append(out.Files, c)
		}
	}
}

func countsOf(s *bencode.Scanner, keys bencode.Keys) (c Counts) {
	told := false
	for {
		key, ok := keys.Next(s)
		if !ok {
			break
		}
		n, ok := s.Int()
		if !ok {
			s.Skip()
			continue
		}
		switch string(key) {
		case "complete":
			c.Seeders = clamp(n)
		case "incomplete":
			c.Leechers = clamp(n)
		case "downloaded":
			c.Completed = clamp(n)
		case "downloaders":
			c.Downloaders, told = clamp(n), true
		}
	}
	if !told {
		c.Downloaders = c.Leechers
	}
	return c
}

func (out *Scrape) flags(s *bencode.Scanner, keys bencode.Keys) {
	for {
		key, ok := keys.Next(s)
		if !ok {
			return
		}
		n, ok := s.Int()
		switch {
		case !ok:
			s.Skip()
		case string(key) == "min_request_interval":
			out.MinInterval = seconds(n)
		}
	}
}
