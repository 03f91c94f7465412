package tracker

import (
	"time"

	"swarmlab/protocol"
)

// hostBuckets is how many buckets the hosts share. Hosts in one bucket share its tokens; which
// they are nobody can know who does not know the secret.
const hostBuckets = 4096

// Hosts limits how many requests are heard of each host, in a fixed amount of memory. A host is an
// IPv4 address, or the /64 of an IPv6 address. The zero value has heard nobody.
type Hosts struct{ buckets [hostBuckets]bucket }

// bucket holds the tokens of a host, in thousandths.
type bucket struct {
	at    protocol.Time // when it was looked at last, in whole milliseconds
	spent uint64
}

// Flooded takes a request of a host, and reports whether it is one too many: more than rate a
// second, and burst at once after silence.
func (h *Hosts) Flooded(
	now protocol.Time, from protocol.Addr, secret *[16]byte, rate, burst uint32,
) bool {
	hi, lo := from.IP16()
	if !from.Is4() {
		lo = 0 // the owner of an IPv6 network has all of its addresses
	}
	b := &h.buckets[keyed(secret, hi, lo, 0)%hostBuckets]
	passed := now.Sub(b.at) / time.Millisecond
	b.spent -= min(b.spent, uint64(passed)*uint64(rate))
	b.at = b.at.Add(passed * time.Millisecond)
	if b.spent+1000 > uint64(burst)*1000 {
		return true
	}
	b.spent += 1000
	return false
}

// Flooded takes a request of a host, and reports whether it is one too many. Whoever hands
// announces and scrapes to a tracker asks this first; the UDP side does so itself.
func (k *Tracker) Flooded(now protocol.Time, from protocol.Addr) bool {
	if k.cfg.HostRate == 0 ||
		!k.hosts.Flooded(now, from, &k.cfg.Secret, k.cfg.HostRate, k.cfg.HostBurst) {
		return false
	}
	k.tally.Flooded++
	return true
}
