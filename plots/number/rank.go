package number

import "slices"

// UpTo counts the sorted values that are at most v.
func UpTo[N int64 | float64](sorted []N, v N) int {
	n, _ := slices.BinarySearchFunc(sorted, v, func(e, t N) int {
		if e <= t {
			return -1
		}
		return 1
	})
	return n
}

// VerticesMax bounds the vertices of one curve; more only make the files larger.
const VerticesMax = 2000
