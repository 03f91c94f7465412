package main

import "github.com/spf13/cobra"

// newTorrentCommand returns `swarmlab torrent`: BitTorrent on real sockets.
func newTorrentCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "torrent",
		Short: "BitTorrent on real sockets",
		Args:  knownCommand,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newTorrentTracker())
	return c
}
