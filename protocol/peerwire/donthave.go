package peerwire

import "encoding/binary"

// AppendDontHave appends the message lt_donthave (BEP 54): the sender no longer has a piece.
func AppendDontHave(dst []byte, ext uint8, index uint32) []byte {
	start := len(dst)
	dst = binary.BigEndian.AppendUint32(openExtended(dst, ext), index)
	return closeExtended(dst, start)
}

// ParseDontHave reads the body of lt_donthave.
func ParseDontHave(p []byte) (index uint32, f Fault) {
	if len(p) != 4 {
		return 0, BadSize
	}
	return binary.BigEndian.Uint32(p), OK
}

// AppendUploadOnly appends the message upload_only: the sender wants nothing more, or again
// something.
func AppendUploadOnly(dst []byte, ext uint8, only bool) []byte {
	start := len(dst)
	dst = append(openExtended(dst, ext), 0)
	if only {
		dst[len(dst)-1] = 1
	}
	return closeExtended(dst, start)
}

// ParseUploadOnly reads the body of upload_only.
func ParseUploadOnly(p []byte) (only bool, f Fault) {
	if len(p) != 1 {
		return false, BadSize
	}
	return p[0] != 0, OK
}
