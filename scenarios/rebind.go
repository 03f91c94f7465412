package scenarios

import (
	"fmt"
	"time"

	"swarmlab/netmodel"
	"swarmlab/protocol/dht"
)

// settled is how long a network needs, at the least, until contacts by ids that nodes no longer
// have are out of the tables. Of 2,000 warm nodes of libtorrent with random ids all take others
// within three minutes; then 99 % of all contacts are stale, and 70 % still are after 15 minutes.
// Of 2,000 that join, 39 % of the contacts are after 5 minutes, and 2 % after 11.
const settled = 30 * time.Minute

// Rebinding says whose nodes will take other ids, bound to their addresses (BEP 42), about when
// measuring begins, or nothing: then results are of a network that has just fallen apart.
func (s *Scenario) Rebinding() string {
	if time.Duration(s.Warmup) >= settled {
		return ""
	}
	for n := range s.Groups {
		g := &s.Groups[n]
		if g.Protocol != Mainline || g.IDs.Secure() == netmodel.Certain {
			continue
		}
		for _, portion := range g.Portions() {
			if portion.Size == 0 ||
				s.Config(g, portion.Client).SecureIDs == dht.SecureIDsIgnored {
				continue
			}
			return fmt.Sprintf("%s: those of %s with random ids take others, bound to their "+
				"addresses (BEP 42),\nwhen they learn these: contacts go stale, and lookups for "+
				"the old ids fail. Write\nids: secure, or a warmup of %s", g.Name,
				portion.Client, Duration(settled))
		}
	}
	return ""
}
