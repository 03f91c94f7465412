package overlay

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/protocol/dht"
)

func newPing() *cobra.Command {
	var f flags
	c := &cobra.Command{
		Use:     "ping HOST:PORT",
		Short:   "Ask a node whether it is there, and for its id",
		Example: "  swarmlab dht ping 127.0.0.1:6881",
		Args:    command.Arguments("HOST:PORT"),
		RunE:    func(c *cobra.Command, args []string) error { return f.ping(c, args[0]) },
	}
	f.addListen(c)
	f.addAsking(c, 3*time.Second)
	return c
}

// PingReport is what ping prints.
type PingReport struct {
	Address string   `json:"address"`
	ID      string   `json:"id,omitempty"`
	RTT     *float64 `json:"rtt_ms,omitempty"`
	Client  string   `json:"client,omitempty"`
	SeenAs  string   `json:"seen_as,omitempty"` // our address as the node sees it
	Error   string   `json:"error,omitempty"`
}

func (f *flags) ping(c *cobra.Command, address string) error {
	if err := f.check(); err != nil {
		return err
	}
	node, addrs, err := f.enter(c.Context(), "HOST:PORT", []string{address})
	if err != nil {
		return err
	}
	x := newExplorer(dht.Request{}, addrs, f.timeout)
	if err := x.explore(c.Context(), node, f.timeout+time.Second); err != nil {
		return err
	}
	g := &x.all[0]
	r := PingReport{Address: g.addr.String()}
	switch {
	case !g.over:
		err = command.Fail("no answer from %v within %v (%d pings)", g.addr, f.timeout, greetTries)
	case g.refusal != "":
		err = command.Fail("%v answered with %s", g.addr, g.refusal)
	default:
		ms := display.Milliseconds(g.rtt)
		r.ID, r.RTT, r.Client = g.id.String(), &ms, g.version
		if g.seenAs.Port() != 0 {
			r.SeenAs = g.seenAs.String()
		}
	}
	if err != nil {
		r.Error = err.Error()
	}
	return command.Print(c, f.json, &r, err)
}

// Print implements command.Report.
func (r *PingReport) Print(w io.Writer) {
	if r.Error != "" {
		return
	}
	fmt.Fprintf(w, "%s is at %s: %.3f ms\n", r.ID, r.Address, *r.RTT)
	if r.Client != "" {
		fmt.Fprintf(w, "its program: %s\n", r.Client)
	}
	if r.SeenAs != "" {
		fmt.Fprintf(w, "it sees us as %s\n", r.SeenAs)
	}
}
