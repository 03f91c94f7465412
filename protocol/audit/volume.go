package audit

import "math"

// User is the number of an account, from 0, given by the owner of the auditor. What an account is,
// a peer id, a passkey or a public key, is for the owner to know.
type User uint32

// Volume is what a user transferred, in bytes of payload: the data in piece messages.
type Volume struct {
	Up   uint64 `json:"up"`
	Down uint64 `json:"down"`
}

// add adds to a volume and stays at the greatest number there is instead of beginning anew, so
// that no order of claims, however large, gives a smaller sum.
func (v *Volume) add(w Volume) {
	v.Up, v.Down = sum(v.Up, w.Up), sum(v.Down, w.Down)
}

// sum is a+b, or the greatest number.
func sum(a, b uint64) uint64 {
	if s := a + b; s >= a {
		return s
	}
	return math.MaxUint64
}

// excess is a-b, or 0.
func excess(a, b uint64) uint64 {
	if a < b {
		return 0
	}
	return a - b
}

// signed is a-b, or the nearest number that fits.
func signed(a, b uint64) int64 {
	if a >= b {
		return int64(min(a-b, math.MaxInt64))
	}
	return -int64(min(b-a, math.MaxInt64))
}

// million is the whole of a share in parts per million.
const million = 1_000_000

// at returns the element of a user in a slice that has one for each user up to the greatest seen,
// and makes the slice longer if need be.
func at[T any](s *[]T, u User) *T {
	for uint64(len(*s)) <= uint64(u) {
		var zero T
		*s = append(*s, zero)
	}
	return &(*s)[u]
}
