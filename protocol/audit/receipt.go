package audit

import (
	"crypto/ed25519"
	"encoding/binary"
)

// Terms is what the two ends of a connection know without saying it again with each receipt.
type Terms struct {
	InfoHash [20]byte
	By       Key // who receives and signs
	For      Key // who sends and is credited
}

// Receipt is M8's statement of a receiver about what it got: all bytes of payload from a sender in
// a torrent since the begin of the epoch. Since it says the total, the latest one is enough, and
// one presented twice is worth nothing.
type Receipt struct {
	Terms
	Epoch  uint32
	Number uint32 // rises with each receipt of the epoch
	Bytes  uint64
}

// ReceiptName is the name by which the extension message is agreed on (BEP 10). Its body is
// [ReceiptBody] bytes: version, epoch, number, bytes and the signature, integers as big-endian.
const ReceiptName = "sl_receipt"

const (
	receiptVersion = 1
	receiptPurpose = "swarmlab receipt\x00"
	termsSize      = 20 + 2*ed25519.PublicKeySize
	receiptNumbers = 4 + 4 + 8
	receiptStated  = 1 + termsSize + receiptNumbers
	// ReceiptBody is the bytes of a receipt between the two ends.
	ReceiptBody = 1 + receiptNumbers + signature
	// ReceiptSize is the bytes of a receipt that a third one can check.
	ReceiptSize = receiptStated + signature
)

// state appends what is signed.
func (r *Receipt) state(dst []byte) []byte {
	dst = append(append(dst, receiptVersion), r.InfoHash[:]...)
	dst = append(append(dst, r.By[:]...), r.For[:]...)
	return r.numbers(dst)
}

func (r *Receipt) numbers(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, r.Epoch)
	dst = binary.BigEndian.AppendUint32(dst, r.Number)
	return binary.BigEndian.AppendUint64(dst, r.Bytes)
}

// Append appends the bytes of a receipt that a third one can check, signed with the private key
// that belongs to By.
func (r *Receipt) Append(dst []byte, private ed25519.PrivateKey) []byte {
	start := len(dst)
	dst = r.state(dst)
	var p pen
	return append(dst, ed25519.Sign(private, p.write(receiptPurpose, dst[start:]))...)
}

// parse reads a receipt, whose signature is yet to be checked.
func (r *Receipt) parse(p []byte) Fault {
	if f := sized(p, receiptVersion, ReceiptSize); f != OK {
		return f
	}
	from := reader{p[1:]}
	from.bytes(r.InfoHash[:])
	from.bytes(r.By[:])
	from.bytes(r.For[:])
	r.Epoch, r.Number, r.Bytes = from.uint32(), from.uint32(), from.uint64()
	return OK
}

// ReceiptHeader is the bytes of an extended message in front of its body (BEP 10).
const ReceiptHeader = 4 + 1 + 1

// Issuer is the receiver's end of a connection. It has one of its own for each sender.
type Issuer struct {
	private ed25519.PrivateKey
	receipt Receipt // the latest
	total   uint64
	window  uint64
	pen     pen
}

// NewIssuer returns the issuer of a new epoch, which must be later than any before with the same
// terms. A receipt is due each window of bytes, at least 1.
func NewIssuer(private ed25519.PrivateKey, t Terms, epoch uint32, window uint64) *Issuer {
	return &Issuer{private: private, window: max(window, 1),
		receipt: Receipt{Terms: t, Epoch: epoch}}
}

// Received counts payload and reports whether a receipt is due.
func (i *Issuer) Received(n uint64) (due bool) {
	i.total = sum(i.total, n)
	return i.total-i.receipt.Bytes >= i.window
}

// Unsigned returns the bytes that no receipt acknowledges yet.
func (i *Issuer) Unsigned() uint64 { return i.total - i.receipt.Bytes }

// Append signs for all that was received and appends the body of the message.
func (i *Issuer) Append(dst []byte) []byte {
	i.receipt.Number++
	i.receipt.Bytes = i.total
	var statement [receiptStated]byte
	text := i.pen.write(receiptPurpose, i.receipt.state(statement[:0]))
	dst = i.receipt.numbers(append(dst, receiptVersion))
	return append(dst, ed25519.Sign(i.private, text)...)
}

// Collector is the sender's end of a connection.
type Collector struct {
	receipt Receipt // the latest; Number is 0 if there is none
	proof   [ReceiptSize]byte
	sent    uint64
	pen     pen
	Counts  Counts
}

// NewCollector returns the collector of a new epoch, which may begin wherever the issuer says.
func NewCollector(t Terms) *Collector { return &Collector{receipt: Receipt{Terms: t}} }

// Sent counts payload.
func (c *Collector) Sent(n uint64) { c.sent = sum(c.sent, n) }

// Unsigned returns the bytes that no receipt acknowledges yet. Who stops to send when they are
// more than a window and what is under way loses no more than that to a receiver that withholds.
func (c *Collector) Unsigned() uint64 { return c.sent - c.receipt.Bytes }

// Take takes the body of a message. Nothing changes if it is not OK.
func (c *Collector) Take(body []byte) Fault { return c.Counts.note(c.take(body)) }

func (c *Collector) take(body []byte) Fault {
	if f := sized(body, receiptVersion, ReceiptBody); f != OK {
		return f
	}
	next := c.receipt
	from := reader{body[1:]}
	next.Epoch, next.Number, next.Bytes = from.uint32(), from.uint32(), from.uint64()
	switch {
	case next.Number == 0 || c.receipt.Number > 0 && next.Number <= c.receipt.Number:
		return Stale
	case c.receipt.Number > 0 && next.Epoch != c.receipt.Epoch:
		return Stale // an epoch is the same for all of a connection
	case next.Bytes < c.receipt.Bytes:
		return Backward
	case next.Bytes > c.sent:
		return Surplus
	}
	var statement [receiptStated]byte
	next.state(statement[:0])
	sign := body[1+receiptNumbers:]
	if !c.pen.signs(next.By, receiptPurpose, statement[:], sign) {
		return BadSignature
	}
	c.receipt = next
	copy(c.proof[copy(c.proof[:], statement[:]):], sign)
	return OK
}

// Proof returns the latest receipt in the form that a third one can check, or nil if there is
// none. It is valid until the next Take.
func (c *Collector) Proof() []byte {
	if c.receipt.Number == 0 {
		return nil
	}
	return c.proof[:]
}
