package audit

import "swarmlab/protocol"

// Bank is where receipts are deposited. Who brings them does not matter: they prove themselves.
type Bank struct {
	cfg     BookConfig
	flows   shelf[flowKey, deposit] // begun by the user who received
	pen     pen
	receipt Receipt
	Counts  Counts
}

type flowKey struct {
	infoHash [20]byte
	from, to User
}

type deposit struct {
	from, to User
	mark     mark
}

// NewBank returns a bank without deposits.
func NewBank(cfg BookConfig) *Bank { return &Bank{cfg: cfg, flows: newShelf[flowKey, deposit]()} }

// Deposit takes the bytes of a receipt. Nothing changes if it is not OK.
func (b *Bank) Deposit(now protocol.Time, p []byte) Fault {
	r := &b.receipt
	if f := r.parse(p); f != OK {
		return b.Counts.note(f)
	}
	to, from, f := b.cfg.ends(r.By, r.For)
	switch {
	case f != OK:
	case !b.pen.signs(r.By, receiptPurpose, p[:receiptStated], p[receiptStated:]):
		f = BadSignature
	default:
		f = b.enter(now, from, to, r)
	}
	return b.Counts.note(f)
}

func (b *Bank) enter(now protocol.Time, from, to User, r *Receipt) Fault {
	return b.flows.enter(flowKey{r.InfoHash, from, to}, to, b.cfg.PairsMax,
		deposit{from: from, to: to}, func(d *deposit) Fault {
			return d.mark.advance(now, r.Epoch, r.Number, [2]uint64{r.Bytes, 0}, b.cfg.Pace)
		})
}

// Volumes returns what receipts credit to each user.
func (b *Bank) Volumes() (users []Volume) {
	for k := range b.flows.entries {
		d := &b.flows.entries[k]
		at(&users, d.from).add(Volume{Up: d.mark.total(0)})
		at(&users, d.to).add(Volume{Down: d.mark.total(0)})
	}
	return users
}

// Flows appends what receipts credit to each pair and direction in each torrent, in the order of
// their first receipts.
func (b *Bank) Flows(dst []Flow) []Flow {
	for k := range b.flows.entries {
		d := &b.flows.entries[k]
		dst = append(dst, Flow{d.from, d.to, d.mark.total(0)})
	}
	return dst
}
