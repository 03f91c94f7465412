//go:build !unix

package folder

import (
	"os"
	"testing"
)

func diskUse(os.FileInfo) (int64, bool) { return 0, false }
func openFiles(*testing.T) int          { return 0 }
