package audit

import (
	"crypto/ed25519"
	"encoding/binary"
)

// Report is M7's statement of one end of a connection about what went over it: all bytes of
// payload between two users in a torrent, since the begin of the epoch. The reporter signs it.
type Report struct {
	InfoHash [20]byte
	By       Key // who reports
	About    Key // the other end
	Epoch    uint32
	Number   uint32 // rises with each report of the epoch
	Sent     uint64
	Received uint64
}

const (
	reportVersion = 2
	reportPurpose = "swarmlab transfer report\x00"
	reportStated  = 1 + 20 + 2*ed25519.PublicKeySize + 4 + 4 + 8 + 8
	// ReportSize is the bytes of a signed report.
	ReportSize = reportStated + signature
)

// Append appends the bytes of a report, signed with the private key that belongs to By.
func (r *Report) Append(dst []byte, private ed25519.PrivateKey) []byte {
	start := len(dst)
	dst = append(dst, reportVersion)
	dst = append(dst, r.InfoHash[:]...)
	dst = append(append(dst, r.By[:]...), r.About[:]...)
	dst = binary.BigEndian.AppendUint32(dst, r.Epoch)
	dst = binary.BigEndian.AppendUint32(dst, r.Number)
	dst = binary.BigEndian.AppendUint64(dst, r.Sent)
	dst = binary.BigEndian.AppendUint64(dst, r.Received)
	var p pen
	return append(dst, ed25519.Sign(private, p.write(reportPurpose, dst[start:]))...)
}

// parse reads a report, whose signature is yet to be checked.
func (r *Report) parse(p []byte) Fault {
	if f := sized(p, reportVersion, ReportSize); f != OK {
		return f
	}
	from := reader{p[1:]}
	from.bytes(r.InfoHash[:])
	from.bytes(r.By[:])
	from.bytes(r.About[:])
	r.Epoch, r.Number = from.uint32(), from.uint32()
	r.Sent, r.Received = from.uint64(), from.uint64()
	return OK
}
