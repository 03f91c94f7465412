package torrents

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/protocol/metainfo"
)

// NewCommand returns `swarmlab torrent`: BitTorrent on real files and sockets.
func NewCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "torrent",
		Short: "Make torrents, look into them, and exchange their data",
		Args:  command.Known,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newCreate(), newInfo(), newSeed(), newDownload(), newTracker())
	return c
}

// readTorrent reads a .torrent file. Errors name the file, and refuse it.
func readTorrent(name string) (*metainfo.Torrent, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, command.Refuse("%s: there is no such file; name a .torrent file", name)
	}
	if err != nil {
		return nil, command.Exit(command.Refused, err)
	}
	defer file.Close()
	if about, err := file.Stat(); err == nil && about.IsDir() {
		return nil, command.Refuse("%s is a folder; name a .torrent file", name)
	}
	// One byte more than is read shows that the file is too large.
	b, err := io.ReadAll(io.LimitReader(file, metainfo.SizeMax+1))
	if err != nil {
		return nil, command.Exit(command.Refused, err)
	}
	torrent, err := metainfo.Parse(b)
	if err != nil {
		return nil, command.Refuse("%s: %w", name, err)
	}
	return torrent, nil
}

// readMagnet reads a magnet link from the command line.
func readMagnet(link string) (*metainfo.Magnet, error) {
	m, err := metainfo.ParseMagnet(link)
	if err != nil {
		return nil, command.Refuse("magnet link: %w", err)
	}
	return m, nil
}
