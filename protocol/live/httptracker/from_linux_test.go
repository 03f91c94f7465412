package httptracker

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

// A tracker takes the address that asks it for that of the peer: the one at which it listens, and
// not another one of the same host. On Linux all of 127/8 is there.
func TestFetchFrom(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			t.Error(err)
		}
		w.Write([]byte(host))
	}))
	defer server.Close()
	for from, want := range map[netip.Addr]string{
		netip.MustParseAddr("127.0.0.77"): "127.0.0.77",
		netip.MustParseAddr("0.0.0.0"):    "127.0.0.1",
		netip.MustParseAddr("::"):         "127.0.0.1",
		{}:                                "127.0.0.1",
	} {
		body, err := FetchFrom(t.Context(), from, server.URL+"/announce")
		require.NoError(t, err)
		require.Equal(t, want, string(body))
	}
}
