// Package bencode reads and writes bencode (BEP 3) without allocating, without recursion and
// without copying. It is the hot path of every KRPC message and the guard in front of any slower
// decoder: bytes from outside that passed [Check] are bounded in depth and in number of items,
// and each length in them was compared with the bytes that are really there.
//
// # Reading
//
// A [Scanner] walks one value from left to right. The caller takes the next value with the method
// for the kind that it hopes for. If the value is of another kind, nothing happens, and the caller
// takes it with [Scanner.Skip], which takes any value whole and returns its exact bytes: these are
// what gets hashed or signed. Containers are walked flat:
//
//	s := bencode.NewScanner(p, bencode.Limits{Depth: 10, Items: 500}, bencode.Tolerant)
//	keys, _ := s.Dict()
//	for key, ok := keys.Next(&s); ok; key, ok = keys.Next(&s) {
//		if string(key) == "port" {
//			if n, ok := s.Int(); ok {
//				port = n
//				continue
//			}
//		}
//		s.Skip()
//	}
//	fault := s.End()
//
// Each key must be followed by taking exactly one value, and each container that was entered must
// be walked to its end. The first [Fault] sticks: from then on every call returns a zero value and
// every loop ends, so that one look at the end is enough. A fault is a byte, not an error, because
// bad bytes from a peer are counted and never reported one by one.
//
// Check validates a value in one call and tells how many bytes it took, for messages that are
// followed by something else.
//
// # Whose bytes
//
// Keys, strings and raw spans point into the input. They are valid for as long as it is.
//
// # Strict and tolerant
//
// [Strict] accepts the one canonical form of a value and nothing else; what it accepts may be
// decoded and encoded again without changing a byte. [Tolerant] also accepts leading zeros, minus
// zero and unsorted keys, which peers are known to send, and [Scanner.Canonical] then tells that
// it did. Neither accepts a key twice, an integer outside int64, or trailing bytes at
// [Scanner.End].
package bencode
