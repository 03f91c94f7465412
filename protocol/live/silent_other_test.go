//go:build !unix

package live

import (
	"testing"

	"swarmlab/protocol"
)

// silent is an address at which nothing answers.
func silent(t *testing.T) protocol.Addr {
	t.Helper()
	t.Skip("how a listener is made silent here is not known")
	panic("unreachable")
}
