package tracker

// plain are the bytes that stand for themselves in a URL (RFC 3986, unreserved).
var plain = func() (t [256]bool) {
	for c := '0'; c <= '9'; c++ {
		t[c] = true
	}
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = true, true
	}
	t['-'], t['_'], t['.'], t['~'] = true, true, true, true
	return t
}()

const hexDigits = "0123456789ABCDEF"

// AppendEscaped appends bytes as the value of a URL's parameter. It knows nothing of characters:
// a hash is no text.
func AppendEscaped(dst, octets []byte) []byte {
	for _, c := range octets {
		if plain[c] {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return dst
}

// unescape decodes the value of a parameter into dst, as far as it fits, and returns its length.
// Any byte may be escaped, in upper or lower case, or not. A plus is a plus.
func unescape(dst []byte, value string) (n int, f Fault) {
	for k := 0; k < len(value); k++ {
		c := value[k]
		if c == '%' {
			if k+2 >= len(value) {
				return 0, BadEscape
			}
			hi, lo := digit(value[k+1]), digit(value[k+2])
			if hi > 15 || lo > 15 {
				return 0, BadEscape
			}
			c = hi<<4 | lo
			k += 2
		}
		if n < len(dst) {
			dst[n] = c
		}
		n++
	}
	return n, OK
}

// digit returns the value of a hexadecimal digit, or more than 15.
func digit(c byte) byte {
	switch {
	case c-'0' <= 9:
		return c - '0'
	case c|0x20-'a' <= 5:
		return c | 0x20 - 'a' + 10
	}
	return 0xff
}
