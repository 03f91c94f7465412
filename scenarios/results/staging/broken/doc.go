// Package broken is a disk that fails, for tests of those who write: they make a [Disk] that fails
// at its n-th call, for every n until nothing fails any more, and look at what is left each time.
package broken
