package swarm

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/peerwire"
)

// TestCountersAreAllNamed: what is counted is told, each under a name of its own.
func TestCountersAreAllNamed(t *testing.T) {
	var c Counters
	c.Each(func(name string, _ uint64) { t.Fatal(name) })
	fields := reflect.ValueOf(&c).Elem()
	numbers := 0
	for n := range fields.NumField() {
		if f := fields.Field(n); f.Kind() == reflect.Uint64 {
			numbers++
			f.SetUint(uint64(numbers))
		}
	}
	for fault := range c.Faults {
		c.Faults[fault] = uint64(numbers + 1 + fault)
	}
	names, values := map[string]bool{}, map[uint64]bool{}
	c.Each(func(name string, n uint64) { names[name], values[n] = true, true })
	require.Len(t, names, numbers+peerwire.Faults)
	require.Len(t, values, numbers+peerwire.Faults)
}
