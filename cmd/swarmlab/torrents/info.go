package torrents

import (
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/protocol/metainfo"
)

func newInfo() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "info FILE | MAGNET",
		Short: "Show what a .torrent file or a magnet link says",
		Example: `  swarmlab torrent info debian.torrent
  swarmlab torrent info 'magnet:?xt=urn:btih:7b5e918f364908afab937ecdd84059dfb61102b7'`,
		Args: command.Arguments("FILE or MAGNET"),
		RunE: func(c *cobra.Command, args []string) error {
			if metainfo.IsMagnet(args[0]) {
				m, err := readMagnet(args[0])
				if err != nil {
					return err
				}
				return command.Print(c, asJSON, reportMagnet(m), nil)
			}
			torrent, err := readTorrent(args[0])
			if err != nil {
				return err
			}
			return command.Print(c, asJSON, reportTorrent(torrent), nil)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON document and nothing else")
	return c
}

// torrentReport is what info and create tell about a torrent.
type torrentReport struct {
	File        string        `json:"file,omitempty"` // that create wrote
	Infohash    string        `json:"infohash"`
	Name        string        `json:"name"`
	Folder      bool          `json:"folder"`
	Size        uint64        `json:"size"`  // bytes on a disk
	Total       uint64        `json:"total"` // bytes in pieces: those of pad files, too
	PieceLength uint32        `json:"piece_length"`
	Pieces      uint32        `json:"pieces"`
	Private     bool          `json:"private"`
	Source      string        `json:"source,omitempty"`
	Trackers    [][]string    `json:"trackers"` // in tiers
	Nodes       []string      `json:"nodes,omitempty"`
	WebSeeds    []string      `json:"web_seeds,omitempty"`
	Comment     string        `json:"comment,omitempty"`
	CreatedBy   string        `json:"created_by,omitempty"`
	Created     string        `json:"created,omitempty"`
	Files       []fileInShort `json:"files"`
	Magnet      string        `json:"magnet"`
}

type fileInShort struct {
	Path       string `json:"path"` // below the torrent's folder; empty for a pad file
	Length     uint64 `json:"length"`
	Pad        bool   `json:"pad,omitempty"`
	Executable bool   `json:"executable,omitempty"`
	Hidden     bool   `json:"hidden,omitempty"`
}

func reportTorrent(t *metainfo.Torrent) *torrentReport {
	in := t.Info
	r := &torrentReport{
		Infohash: in.Hash.String(), Name: in.Name, Folder: in.Folder, Size: in.Size(),
		Total: in.Total, PieceLength: in.PieceLength, Pieces: in.Count(), Private: in.Private,
		Source: in.Source, Trackers: t.Trackers, Nodes: hostPorts(t.Nodes), WebSeeds: t.WebSeeds,
		Comment: t.Comment, CreatedBy: t.CreatedBy, Created: dateText(t.Created),
		Magnet: t.Magnet().String(),
	}
	if r.Trackers == nil {
		r.Trackers = [][]string{}
	}
	for i := range in.Files {
		f := &in.Files[i]
		r.Files = append(r.Files,
			fileInShort{path.Join(f.Path...), f.Length, f.Pad, f.Executable, f.Hidden})
	}
	return r
}

func hostPorts(all []metainfo.Endpoint) (texts []string) {
	for _, e := range all {
		texts = append(texts, e.String())
	}
	return texts
}

// latestDate is the last second that has a year of four digits.
const latestDate = 253402300799

// dateText writes seconds since 1970 as a date; empty if they are none.
func dateText(seconds int64) string {
	if seconds <= 0 || seconds > latestDate {
		return ""
	}
	return time.Unix(seconds, 0).UTC().Format(time.RFC3339)
}

// facts lays out names and what they stand for; what is not known is left out.
type facts struct{ display.Table }

func (f *facts) tell(name string, values ...string) {
	for _, value := range values {
		if value != "" {
			f.Add(name, display.Visible(value))
			name = ""
		}
	}
}

func (r *torrentReport) Print(w io.Writer) {
	f := facts{display.Table{Left: 2}}
	f.tell("file", r.File)
	name, in := r.Name, ""
	if r.Folder {
		name += "/"
		in = " in " + display.Quantity(r.fileCount(), "file")
	}
	f.tell("name", name)
	f.tell("infohash", r.Infohash)
	f.tell("size", display.ExactSize(r.Size)+in)
	f.tell("pieces", fmt.Sprintf("%s of %s", display.Count(uint64(r.Pieces)), display.ExactSize(
		uint64(r.PieceLength))))
	if r.Private {
		f.tell("private", "yes: peers come from its trackers only")
	}
	f.tell("source", r.Source)
	for n, tier := range r.Trackers {
		title := "tracker"
		if n > 0 {
			title = "or else"
		}
		f.tell(title, tier...)
	}
	f.tell("DHT node", r.Nodes...)
	f.tell("web seed", r.WebSeeds...)
	f.tell("comment", r.Comment)
	f.tell("created by", r.CreatedBy)
	f.tell("created", r.Created)
	f.tell("magnet", r.Magnet)
	io.WriteString(w, f.String())
	if r.Folder {
		r.printFiles(w)
	}
}

func (r *torrentReport) fileCount() (n int) {
	for i := range r.Files {
		if !r.Files[i].Pad {
			n++
		}
	}
	return n
}

// printFiles lists the files, but for those that are only padding.
func (r *torrentReport) printFiles(w io.Writer) {
	t := display.Table{Left: 1}
	for i := range r.Files {
		if f := &r.Files[i]; !f.Pad {
			t.Add(display.Visible(f.Path), display.Count(f.Length))
		}
	}
	io.WriteString(w, "\n"+t.String())
}

// magnetReport is what info tells about a link.
type magnetReport struct {
	Infohash string   `json:"infohash"`
	Name     string   `json:"name,omitempty"`
	Trackers []string `json:"trackers"`
	WebSeeds []string `json:"web_seeds,omitempty"`
	Peers    []string `json:"peers,omitempty"`
	Nodes    []string `json:"nodes,omitempty"`
	Select   string   `json:"select,omitempty"` // files, as in 0,2,6-8
	Magnet   string   `json:"magnet"`           // the same link in its plainest form
}

func reportMagnet(m *metainfo.Magnet) *magnetReport {
	r := &magnetReport{
		Infohash: m.Hash.String(), Name: m.Name, Trackers: m.Trackers, WebSeeds: m.WebSeeds,
		Peers: hostPorts(m.Peers), Nodes: hostPorts(m.Nodes), Magnet: m.String(),
	}
	if r.Trackers == nil {
		r.Trackers = []string{}
	}
	_, r.Select, _ = strings.Cut(r.Magnet, "&so=")
	return r
}

func (r *magnetReport) Print(w io.Writer) {
	f := facts{display.Table{Left: 2}}
	f.tell("name", r.Name)
	f.tell("infohash", r.Infohash)
	f.tell("tracker", r.Trackers...)
	f.tell("web seed", r.WebSeeds...)
	f.tell("peer", r.Peers...)
	f.tell("DHT node", r.Nodes...)
	f.tell("files", r.Select)
	f.tell("magnet", r.Magnet)
	io.WriteString(w, f.String())
}
