//go:build !unix

package unfinished

import "os"

// lock lets everyone have the folder: these systems have no lock that goes with the program.
func lock(dir string) (*os.File, bool, error) {
	f, err := os.Open(dir)
	return f, err == nil, err
}
