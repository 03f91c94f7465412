package auditor

import (
	"strings"

	"swarmlab/cmd/swarmlab/display"
)

// clients are the programs whose peer ids begin with these two letters after a dash (BEP 20).
var clients = map[string]string{
	"AZ": "Vuze", "BC": "BitComet", "BI": "BiglyBT", "BT": "BitTorrent", "DE": "Deluge",
	"FD": "Free Download Manager", "FW": "FrostWire", "GT": "anacrolix", "KT": "KTorrent",
	"LT": "libtorrent", "PI": "PicoTorrent", "qB": "qBittorrent", "SL": "swarmlab",
	"TL": "Tribler", "TR": "Transmission", "TT": "TuoTu", "UM": "µTorrent for Mac",
	"UT": "µTorrent", "UW": "µTorrent Web", "WD": "WebTorrent Desktop", "WW": "WebTorrent",
	"XL": "Xunlei", "lt": "rTorrent",
}

// clientOf names the program that a peer id says that it is of; empty if it is none that is known.
func clientOf(id [20]byte) string {
	text := string(id[:])
	switch {
	case text[0] == '-' && text[7] == '-':
		name, ok := clients[text[1:3]]
		if !ok {
			return ""
		}
		return strings.TrimSpace(name + " " + versionOf(text[3:7]))
	case strings.HasPrefix(text, "A2-"): // A2-1-36-0-
		parts := strings.Split(text[3:], "-")
		if len(parts) < 4 {
			return "aria2"
		}
		return "aria2 " + display.Visible(strings.Join(parts[:3], "."))
	case text[0] == 'M' && text[2] == '-': // M7-10-5--
		parts := strings.Split(text[1:], "-")
		return "BitTorrent " + display.Visible(strings.Join(parts[:min(3, len(parts))], "."))
	}
	return ""
}

// versionOf reads four digits, of which zeros at the end beyond the second are not said. In most
// programs letters go on after 9.
func versionOf(digits string) string {
	var parts []string
	for _, d := range digits {
		switch {
		case d >= '0' && d <= '9':
			parts = append(parts, string(d))
		case d >= 'A' && d <= 'Z':
			parts = append(parts, "1"+string('0'+(d-'A')%10)) // up to 19
		default:
			return ""
		}
	}
	for len(parts) > 2 && parts[len(parts)-1] == "0" {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, ".")
}
