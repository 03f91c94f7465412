package bencode

import "strconv"

// AppendInt appends an integer.
func AppendInt(dst []byte, n int64) []byte {
	dst = strconv.AppendInt(append(dst, 'i'), n, 10)
	return append(dst, 'e')
}

// AppendBytes appends a string given as octets.
func AppendBytes(dst, octets []byte) []byte {
	return append(appendLength(dst, len(octets)), octets...)
}

// AppendString appends a string or a key. Who writes a dictionary appends a d, then keys in
// ascending order of their bytes, each followed by its value, then an e; a list likewise with l.
func AppendString(dst []byte, octets string) []byte {
	return append(appendLength(dst, len(octets)), octets...)
}

// appendLength appends a length and the colon.
func appendLength(dst []byte, n int) []byte {
	switch {
	case n < 10:
		return append(dst, byte('0'+n), ':')
	case n < 100:
		return append(dst, byte('0'+n/10), byte('0'+n%10), ':')
	}
	return append(strconv.AppendInt(dst, int64(n), 10), ':')
}
