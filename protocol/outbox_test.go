package protocol

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// Effects come out in the order in which they went in, whatever the arena did meanwhile.
func TestOutboxKeepsEffects(t *testing.T) {
	var o Outbox
	for round := range 3 {
		o.Reset()
		o.Dial(7, Addr4(1, 2))
		for n := range 100 {
			p := bytes.Repeat([]byte{byte(n)}, 50*round+n)
			body := Body{Content: 3, Length: uint32(n), Offset: 16384}
			o.SendTo(Addr4(uint32(n), 1), p)
			o.Write(7, Chunk{p, body})
			clear(p) // it is the caller's again
		}
		o.Close(7)

		require.Equal(t, 100, o.Sends())
		require.Equal(t, 102, o.Calls())
		dial := Call{Verb: CallDial, Conn: 7, To: Addr4(1, 2), Chunk: Chunk{Bytes: []byte{}}}
		require.Equal(t, dial, o.Call(0))
		for n := range 100 {
			want := bytes.Repeat([]byte{byte(n)}, 50*round+n)
			_, p := o.Send(n)
			require.True(t, bytes.Equal(want, p))
			c := o.Call(n + 1)
			require.Equal(t, CallWrite, c.Verb)
			require.True(t, bytes.Equal(want, c.Chunk.Bytes))
			require.Equal(t, len(want)+n, c.Chunk.Len())
		}
		require.Equal(t, CallClose, o.Call(101).Verb)
	}
	word := []byte("x")
	require.Zero(t, testing.AllocsPerRun(10, func() {
		o.Reset()
		o.Write(1, Chunk{Bytes: word})
		o.Close(1)
	}))
}
