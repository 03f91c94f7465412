package torrents

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/protocol/metainfo"
)

// torrentCreate is `torrent create`: its flags.
type torrentCreate struct {
	out         string
	name        string
	trackers    []string
	pieceLength string
	private     bool
	source      string
	comment     string
	nodes       []string
	webSeeds    []string
	date        string
	json        bool
}

func newCreate() *cobra.Command {
	o := &torrentCreate{}
	c := &cobra.Command{
		Use:   "create PATH [-o FILE]",
		Short: "Make a .torrent file of a file or a folder",
		Long: `Make a .torrent file of a file, or of a folder with all that is in it.

The same content and flags make the same file, byte for byte: nothing of this machine and
no date is in it. Files are in the order of their names. Empty folders are left out.
Symbolic links in the folder are refused, for the torrent could not hold them.`,
		Example: `  swarmlab torrent create photos/ --tracker http://tracker.example/announce
  swarmlab torrent create disk.iso -o disk.torrent --tracker udp://one.example:6969 \
    --tracker udp://two.example:6969 --piece-length 1MiB`,
		Args: command.Arguments("PATH"),
		RunE: o.run,
	}
	f := c.Flags()
	f.StringVarP(&o.out, "out", "o", "", "the `file` to write (default NAME.torrent, here)")
	f.StringVar(&o.name, "name", "", "what the torrent is `called` (default: as PATH)")
	f.StringArrayVar(&o.trackers, "tracker", nil,
		"`URL` of a tracker; if given several times, each is asked when those before fail")
	f.StringVar(&o.pieceLength, "piece-length", "",
		"`size` of a piece, a power of two from 16KiB to 256MiB (default: for at most 2048 pieces)")
	f.BoolVar(&o.private, "private", false, "peers may come from the trackers only")
	f.StringVar(&o.source, "source", "", "a `text` that makes another infohash")
	f.StringVar(&o.comment, "comment", "", "a `text` for people")
	f.StringArrayVar(&o.nodes, "node", nil,
		"`HOST:PORT` of a DHT node to enter by; may be given several times")
	f.StringArrayVar(&o.webSeeds, "web-seed", nil,
		"`URL` of a server that has the files; may be given several times")
	f.StringVar(&o.date, "date", "",
		"`when` it was made, as 2006-01-02, 2006-01-02T15:04:05Z or now (default: not told)")
	f.BoolVar(&o.json, "json", false, "print one JSON document and nothing else")
	return c
}

// run refuses what can be refused, then hashes, then writes.
func (o *torrentCreate) run(c *cobra.Command, args []string) error {
	plan, err := o.plan()
	if err != nil {
		return err
	}
	content, err := openContent(args[0], &plan)
	if err != nil {
		return err
	}
	if o.name != "" {
		plan.Name = o.name
	}
	builder, err := metainfo.NewBuilder(plan)
	if err != nil {
		return command.Refuse("%s: %w", args[0], err)
	}
	if o.out == "" {
		o.out = plan.Name + ".torrent"
	}
	if err := vacant(o.out); err != nil {
		return err
	}
	ctx, release := command.WithInterrupts(c.Context(), func() {})
	defer release()
	if err := o.hash(ctx, c, content, builder); err != nil {
		return err
	}
	file, err := builder.Torrent()
	if err != nil {
		return command.Refuse("%s: %w", args[0], err)
	}
	torrent, err := metainfo.Parse(file)
	if err != nil {
		panic("a torrent of our own is refused: " + err.Error())
	}
	if err := writeWhole(o.out, file); err != nil {
		return command.Exit(command.Failed, err)
	}
	report := reportTorrent(torrent)
	report.File = o.out
	return command.Print(c, o.json, report, nil)
}

// plan is what the flags alone say.
func (o *torrentCreate) plan() (p metainfo.Plan, err error) {
	p = metainfo.Plan{Private: o.private, Source: o.source, Comment: o.comment}
	if o.pieceLength != "" {
		if p.PieceLength, err = parsePieceLength(o.pieceLength); err != nil {
			return p, err
		}
	}
	for _, tracker := range o.trackers {
		if err := checkURL("--tracker", tracker, "http", "https", "udp", "ws", "wss"); err != nil {
			return p, err
		}
		p.Trackers = append(p.Trackers, []string{tracker})
	}
	for _, seed := range o.webSeeds {
		if err := checkURL("--web-seed", seed, "http", "https", "ftp"); err != nil {
			return p, err
		}
	}
	p.WebSeeds = o.webSeeds
	for _, node := range o.nodes {
		e, ok := metainfo.ParseEndpoint(node)
		if !ok {
			return p, command.Refuse("--node %q is not a host and a port; write HOST:PORT, for "+
				"example 127.0.0.1:6881 or [::1]:6881", node)
		}
		p.Nodes = append(p.Nodes, e)
	}
	p.Created, err = parseDate(o.date)
	return p, err
}

// The lengths of pieces that --piece-length takes: a block, and the largest power of two that
// others read.
const (
	pieceLengthLeast = 16 << 10
	pieceLengthMost  = 256 << 20
)

// parsePieceLength reads a size as in 262144, 256KiB, 256k or 1MiB; k and M are 1024 and its
// square here, as in other programs that make torrents.
func parsePieceLength(text string) (uint32, error) {
	digits := strings.TrimRight(text, "BKMbikm ")
	unit, ok := map[string]uint64{
		"": 1, "b": 1, "k": 1 << 10, "kb": 1 << 10, "kib": 1 << 10, "m": 1 << 20, "mb": 1 << 20,
		"mib": 1 << 20,
	}[strings.ToLower(strings.TrimSpace(text[len(digits):]))]
	n, err := strconv.ParseUint(digits, 10, 31)
	n *= unit
	inside := n >= pieceLengthLeast && n <= pieceLengthMost
	if ok && err == nil && inside && n&(n-1) == 0 {
		return uint32(n), nil
	}
	return 0, command.Refuse("--piece-length %q is not a power of two from 16KiB to 256MiB; "+
		"write for example 256KiB or 1MiB", text)
}

// checkURL refuses what is not the address of a server.
func checkURL(flag, text string, schemes ...string) error {
	u, err := url.Parse(text)
	if err == nil && u.Host != "" {
		for _, scheme := range schemes {
			if strings.EqualFold(u.Scheme, scheme) {
				return nil
			}
		}
	}
	return command.Refuse("%s %q is not the address of a server; write for example "+
		"http://tracker.example/announce, with one of %s", flag, text, strings.Join(schemes, ", "))
}

// parseDate reads --date; nothing gives 0.
func parseDate(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	if text == "now" {
		return time.Now().Unix(), nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		t, err := time.Parse(layout, text)
		if seconds := t.Unix(); err == nil && seconds > 0 && seconds <= latestDate {
			return seconds, nil
		}
	}
	return 0, command.Refuse("--date %q is no date after 1970; write for example 2026-01-31, "+
		"2026-01-31T12:00:00Z or now", text)
}

// hash feeds the content to the builder and shows how far it is.
func (o *torrentCreate) hash(
	ctx context.Context, c *cobra.Command, content *content, b *metainfo.Builder,
) error {
	p := &hashing{total: b.Left(), began: time.Now()}
	if screen := display.Terminal(c.ErrOrStderr()); screen != nil {
		p.bar = display.NewBar(screen, display.BarRefresh, func() string { return "hashing " },
			p.text)
	}
	defer p.bar.Stop()
	err := content.feed(b, func() error {
		p.done.Store(p.total - b.Left())
		p.bar.Advance(float64(p.done.Load()) / float64(p.total))
		return ctx.Err()
	})
	if errors.Is(err, context.Canceled) {
		return command.Interrupt("interrupted; nothing is written")
	}
	if err != nil {
		return command.Exit(command.Failed, err)
	}
	return nil
}

// hashing is how far the hashing is. The bar's goroutine reads it.
type hashing struct {
	total uint64
	done  atomic.Uint64
	began time.Time
	bar   *display.Bar
}

// text is what stands beside the bar.
func (p *hashing) text() string {
	text := " of " + display.Bytes(p.total)
	if done := p.done.Load(); done > 0 {
		left := float64(p.total-done) / float64(done) * float64(time.Since(p.began))
		text += ", " + display.Duration(time.Duration(left)) + " left"
	}
	return text
}

// vacant refuses a name that something has already.
func vacant(name string) error {
	if _, err := os.Lstat(name); err == nil {
		return command.Refuse("%s exists and is left as it is; name a new file with -o", name)
	}
	if about, err := os.Stat(filepath.Dir(name)); err != nil || !about.IsDir() {
		return command.Refuse("%s: there is no folder %s to write it in; make it first", name,
			filepath.Dir(name))
	}
	return nil
}

// writeWhole writes a file, whole or not at all.
func writeWhole(name string, content []byte) (err error) {
	part := fmt.Sprintf("%s.%d.part", name, os.Getpid())
	file, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = vacant(name)
	}
	if err == nil {
		err = os.Rename(part, name)
	}
	if err != nil {
		os.Remove(part)
	}
	return err
}
