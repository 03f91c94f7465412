package metainfo

import (
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
)

// Magnet is a magnet link (BEP 9).
type Magnet struct {
	Hash     Hash
	Name     string     // to be shown until the info dictionary is known; not to be trusted
	Trackers []string   // each a tier of its own
	WebSeeds []string   // HTTP servers that have the files, too
	Peers    []Endpoint // to connect to at once
	Nodes    []Endpoint // of the DHT, as libtorrent writes them
	Select   []Range    // the files that are wanted, ascending and apart (BEP 53); none means all
}

const scheme = "magnet:?"

// IsMagnet reports whether a text wants to be a magnet link, good or bad.
func IsMagnet(text string) bool {
	return len(text) >= len("magnet:") && strings.EqualFold(text[:len("magnet:")], "magnet:")
}

// ParseMagnet reads a link. Errors are of type *Error. Unknown keys are ignored, and parts of a
// selection that mean nothing.
func ParseMagnet(link string) (*Magnet, error) {
	if len(link) > LinkMax {
		return nil, wrong("", -1, "a link of %d bytes is longer than the limit of %d", len(link),
			LinkMax)
	}
	if len(link) < len(scheme) || !strings.EqualFold(link[:len(scheme)], scheme) {
		return nil, wrong("", 0, "this is no magnet link: it should start with %s", scheme)
	}
	m := &magnetReader{at: len(scheme)}
	for part := range strings.SplitSeq(link[len(scheme):], "&") {
		if err := m.part(part); err != nil {
			return nil, err
		}
		m.at += len(part) + 1
	}
	switch {
	case m.v2 && m.v1:
		return nil, unsupported("xt", m.v2At, "this is a link to a hybrid torrent of versions 1 "+
			"and 2 (BEP 52)")
	case m.v2:
		return nil, unsupported("xt", m.v2At, "this is a link to a torrent of version 2 (BEP 52)")
	case !m.v1:
		return nil, wrong("xt", -1, "there is no infohash in the link; it needs "+
			"xt=urn:btih: and 40 hexadecimal digits")
	}
	m.Select = tidy(m.Select)
	return &m.Magnet, nil
}

// magnetReader is a link that is being read.
type magnetReader struct {
	Magnet
	at     int // of the part that is read
	v1, v2 bool
	v2At   int
}

// part reads key=value.
func (m *magnetReader) part(text string) error {
	key, value, _ := strings.Cut(text, "=")
	key = bare(strings.ToLower(key))
	at := m.at + len(text) - len(value)
	if key == "dn" {
		value = strings.ReplaceAll(value, "+", " ") // as forms write spaces
	}
	value, ok := unescape(value)
	if !ok {
		return wrong(key, at, "a %% is not followed by two hexadecimal digits; write %%25 for it")
	}
	switch key {
	case "xt":
		return m.topic(value, at)
	case "dn":
		m.Name = value
	case "tr":
		m.Trackers = appendText(m.Trackers, value)
	case "ws":
		m.WebSeeds = appendText(m.WebSeeds, value)
	case "x.pe":
		return appendEndpoint(&m.Peers, key, value, at)
	case "dht":
		return appendEndpoint(&m.Nodes, key, value, at)
	case "so":
		m.Select = appendRanges(m.Select, value)
	}
	return nil
}

// bare takes the number off a key that is given several times, as in tr.1.
func bare(key string) string {
	dot := strings.LastIndexByte(key, '.')
	if dot < 0 || dot == len(key)-1 || strings.Trim(key[dot+1:], "0123456789") != "" {
		return key
	}
	return key[:dot]
}

func appendText(all []string, text string) []string {
	if text == "" {
		return all
	}
	return append(all, text)
}

// topic reads what the link is to.
func (m *magnetReader) topic(urn string, at int) error {
	const v1, v2 = "urn:btih:", "urn:btmh:"
	switch {
	case len(urn) >= len(v1) && strings.EqualFold(urn[:len(v1)], v1):
		hash, err := parseHash(urn[len(v1):], at)
		if err != nil {
			return err
		}
		if m.v1 && hash != m.Hash {
			return wrong("xt", at, "the link is to two torrents, %v and %v; leave one out", m.Hash,
				hash)
		}
		m.v1, m.Hash = true, hash
	case len(urn) >= len(v2) && strings.EqualFold(urn[:len(v2)], v2):
		digits := urn[len(v2):]
		b, err := hex.DecodeString(digits)
		if err != nil || len(b) != 2+32 || b[0] != 0x12 || b[1] != 32 {
			return wrong("xt", at, "%.100q is no hash of a version 2 torrent, which is 1220 and "+
				"64 hexadecimal digits; copy the link again", digits)
		}
		m.v2, m.v2At = true, at
	}
	return nil
}

// parseHash reads an infohash in one of its two forms.
func parseHash(text string, at int) (h Hash, err error) {
	ok := false
	switch len(text) {
	case hex.EncodedLen(HashSize):
		_, bad := hex.Decode(h[:], []byte(text))
		ok = bad == nil
	case HashSize * 8 / 5:
		h, ok = base32(text)
	}
	if !ok {
		return h, wrong("xt", at, "%.60q is no infohash, which is 40 hexadecimal digits or 32 "+
			"characters of base32 (it has %d characters); copy the link again", text, len(text))
	}
	return h, nil
}

// base32 reads RFC 4648, in any case.
func base32(text string) (h Hash, ok bool) {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	for i, c := range []byte(strings.ToUpper(text)) {
		value := strings.IndexByte(digits, c)
		if value < 0 || i >= HashSize*8/5 {
			return h, false
		}
		for bit := range 5 {
			if value>>(4-bit)&1 != 0 {
				n := i*5 + bit
				h[n/8] |= 0x80 >> (n % 8)
			}
		}
	}
	return h, true
}

func appendEndpoint(all *[]Endpoint, key, text string, at int) error {
	e, ok := ParseEndpoint(text)
	if !ok {
		return wrong(key, at, "%.200q is no HOST:PORT, as in 192.0.2.7:6881 or [2001:db8::7]:6881",
			text)
	}
	*all = append(*all, e)
	return nil
}

// ParseEndpoint reads HOST:PORT or [IPv6]:PORT. It does not look the host up.
func ParseEndpoint(text string) (e Endpoint, ok bool) {
	colon := strings.LastIndexByte(text, ':')
	if colon < 1 {
		return e, false
	}
	host, digits := text[:colon], text[colon+1:]
	port, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || port == 0 {
		return e, false
	}
	if host[0] == '[' {
		if host[len(host)-1] != ']' {
			return e, false
		}
		host = host[1 : len(host)-1]
		ip, err := netip.ParseAddr(host)
		return Endpoint{host, uint16(port)}, err == nil && ip.Is6()
	}
	if strings.ContainsAny(host, ":[]/ ") || NameFault(host) != "" {
		return e, false
	}
	return Endpoint{host, uint16(port)}, true
}

// unescape replaces %XX by the byte it stands for.
func unescape(text string) (string, bool) {
	if !strings.Contains(text, "%") {
		return text, true
	}
	b := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			b = append(b, text[i])
			continue
		}
		if len(text)-i < 3 {
			return "", false
		}
		code, err := hex.DecodeString(text[i+1 : i+3])
		if err != nil {
			return "", false
		}
		b = append(b, code[0])
		i += 2
	}
	return string(b), true
}

// String returns the link, which ParseMagnet reads as the same.
func (m Magnet) String() string {
	b := append([]byte(scheme), "xt=urn:btih:"...)
	b = append(b, m.Hash.String()...)
	b = appendKey(b, "dn", m.Name)
	for _, tracker := range m.Trackers {
		b = appendKey(b, "tr", tracker)
	}
	for _, seed := range m.WebSeeds {
		b = appendKey(b, "ws", seed)
	}
	for _, peer := range m.Peers {
		b = append(append(b, "&x.pe="...), peer.String()...)
	}
	for _, node := range m.Nodes {
		b = append(append(b, "&dht="...), node.String()...)
	}
	if len(m.Select) > 0 {
		b = appendSelection(append(b, "&so="...), m.Select)
	}
	return string(b)
}

// appendKey appends a key with its value, unless that is empty.
func appendKey(b []byte, key, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(append(b, '&'), key...), '=')
	const digits = "0123456789ABCDEF"
	for _, c := range []byte(value) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if letter || strings.IndexByte("0123456789-._~", c) >= 0 {
			b = append(b, c)
			continue
		}
		b = append(b, '%', digits[c>>4], digits[c&15])
	}
	return b
}
