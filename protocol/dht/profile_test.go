package dht

import (
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// TestProfiles holds the presets against the fact sheet's tables of clients (its sections 6 to 10).
func TestProfiles(t *testing.T) {
	type row struct {
		name                                  string
		k, alpha, bucket, reserve, reply      int
		timeout, soft, rotation, expiry, good time.Duration
		tries, periods, limit, remove, depth  int
	}
	const min, sec, week = time.Minute, time.Second, 7 * 24 * time.Hour
	for _, r := range []row{
		{ProfileBEP5, 8, 3, 8, 0, 8, 2 * sec, 0, 5 * min, 30 * min, 15 * min, 1, 2, 2, 0, 160},
		{ProfileLibtorrent, 8, 5, 128, 8, 8, 15 * sec, sec, 5 * min, 45 * min, week, 1, 2, 1, 15,
			50},
		{ProfileJech, 8, 4, 128, 1, 8, 10 * sec, 0, 30 * min, 32 * min, 15 * min, 3, 2, 3, 4, 160},
		{ProfileAnacrolix, 8, 3, 8, 0, 8, 2 * sec, 0, 5 * min, 0, 15 * min, 1, 3, 3, 0, 160},
		{ProfileWebtorrent, 20, 16, 20, 0, 20, 2 * sec, 0, 5 * min, 0, 10 * sec, 1, 2, 1, 1, 160},
	} {
		c, ok := Profile(r.name)
		require.True(t, ok)
		require.NoError(t, c.Validate(), r.name)
		require.Equal(t, r, row{r.name, c.K, c.Alpha, c.Buckets[0], c.Replacements,
			c.ReplyContacts, c.QueryTimeout, c.SoftTimeout, c.TokenRotation, c.PeerExpiry,
			c.GoodFor, c.Tries, c.TokenPeriods, c.StalenessLimit, c.RemoveAfter, c.Depth})
	}
	require.Len(t, Profiles(), 5)
	_, ok := Profile("utorrent")
	require.False(t, ok)
}

// TestProfileSizes pins what the slabs of a node cost in a network of 10,000, where 16 buckets do.
func TestProfileSizes(t *testing.T) {
	for client, want := range map[string]int{
		ProfileBEP5:       64 + 16*8*8 + 16*4,
		ProfileLibtorrent: 64 + (128+64+32+16+12*8)*8 + 16*8*8 + 16*4 + 8,
		ProfileJech:       64 + (128+64+32+16+12*8)*8 + 16*8 + 16*4 + 8,
		ProfileAnacrolix:  64 + 16*8*8 + 16*4 + 8,
		ProfileWebtorrent: 64 + 16*20*8 + 16*4 + 8,
	} {
		cfg, _ := Profile(client)
		cfg.Depth = 16
		const n = 100
		g, err := New(cfg, Env{Directory: NewBook()}, n)
		require.NoError(t, err)
		size := len(g.nodes)*int(unsafe.Sizeof(node{})) + len(g.slots)*int(unsafe.Sizeof(slot{})) +
			4*len(g.due) + len(g.vigils)*int(unsafe.Sizeof(vigil{}))
		require.Equal(t, want, size/n, client)
		t.Logf("%s: %d bytes a node", client, size/n)
	}
}

// TestSettingsThatDependOnOthers refuses pairs of settings that make no sense together.
func TestSettingsThatDependOnOthers(t *testing.T) {
	for name, set := range map[string]func(c *Config){
		"soft_timeout": func(c *Config) { c.SoftTimeout = c.QueryTimeout + 1 },
		"source_ban":   func(c *Config) { c.SourceLimit = 1 },
		"query_burst":  func(c *Config) { c.QueryRate = 1 },
		"admission":    func(c *Config) { c.Admission = numAdmissions },
		"eviction":     func(c *Config) { c.Eviction = numEvictions },
		"upkeep":       func(c *Config) { c.Upkeep = numUpkeeps },
		"secure_ids":   func(c *Config) { c.SecureIDs = numSecureIDs },
		"replacements": func(c *Config) { c.Replacements = 65 },
		"remove_after": func(c *Config) { c.RemoveAfter = failsMax + 1 },
	} {
		c := Default()
		set(&c)
		require.ErrorContains(t, c.Validate(), name)
	}
}
