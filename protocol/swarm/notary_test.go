package swarm

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// clerk is a notary that remembers what it is told.
type clerk struct {
	key      []byte
	receipts bool
	said     []string
	due      []byte // the next receipt
	rest     []byte // the last receipt
	mean     bool   // serves nobody
}

func (k *clerk) note(format string, args ...any) {
	k.said = append(k.said, fmt.Sprintf(format, args...))
}
func (k *clerk) Known(uint32) ([]byte, bool) { return k.key, k.receipts }
func (k *clerk) Met(_ uint32, _ *protocol.Turn, torrent uint32, c protocol.Conn, key Key,
	receipts bool) {
	k.note("met %d %d %c %v", torrent, c, key[0], receipts)
}
func (k *clerk) Received(_ uint32, c protocol.Conn, n uint32) []byte {
	k.note("received %d %d", c, n)
	return k.due
}
func (k *clerk) Rest(_ uint32, c protocol.Conn) []byte {
	k.note("rest %d", c)
	return k.rest
}
func (k *clerk) Sent(_ uint32, c protocol.Conn, n uint32)       { k.note("sent %d %d", c, n) }
func (k *clerk) Receipt(_ uint32, c protocol.Conn, body []byte) { k.note("receipt %d %s", c, body) }
func (k *clerk) Serves(_ uint32, _ protocol.Conn, _, underway uint64) bool {
	if underway < underwayLeast || underway > aheadMost {
		k.note("underway %d", underway)
	}
	return !k.mean
}
func (k *clerk) Parted(_ uint32, _ *protocol.Turn, c protocol.Conn, up, down uint64) {
	k.note("parted %d %d %d", c, up, down)
}

// told returns what it was told since the last call.
func (k *clerk) told() []string {
	said := k.said
	k.said = nil
	return said
}

func withClerk(t *testing.T, k *clerk, e Entry) *solo {
	s := newSolo(t, Default(), testTorrent(12), Entry{})
	s.g.env.Notary = k
	s.turn(func(t *protocol.Turn) { s.g.Leave(0, t, 0) })
	s.turn(func(t *protocol.Turn) { s.g.Add(0, t, e) })
	return s
}

func keyed(first byte, receipts string) string {
	return "d1:md" + receipts + "e6:sl_key32:" + string(first) + "0123456789012345678901234567890e"
}

const deals = "10:sl_receipti77e"

// The two halves of receipts: for what comes, and for what is sent.
func TestNotaryHearsOfTransfers(t *testing.T) {
	k := &clerk{key: make([]byte, 32), receipts: true}
	s := withClerk(t, k, Entry{Have: []byte{0x80, 0}})
	c := s.join(1, speech{}.ext(0, keyed('K', deals)).bitfield(0x40, 0), extBit)
	require.Equal(t, []string{"met 0 0 K true"}, k.told())
	require.Contains(t, s.heard(c), "sl_receipt", "we say that we take them")
	s.say(c, speech{}.ext(0, keyed('L', deals)))
	require.Empty(t, k.told(), "nobody changes his key")

	s.say(c, speech{}.plain(peerwire.Unchoke))
	s.heard(c)
	k.due = []byte("I had it")
	s.say(c, speech{}.piece(1, 0, BlockSize))
	require.Equal(t, []string{fmt.Sprintf("received 0 %d", BlockSize)}, k.told())
	require.Contains(t, s.heard(c), `extended 77 "I had it"`)
	k.due = nil
	s.say(c, speech{}.piece(1, BlockSize, BlockSize))
	require.NotContains(t, s.heard(c), "extended")
	k.told()

	s.say(c, speech{}.plain(peerwire.Interested))
	s.pass(20 * time.Second)
	require.Contains(t, s.heard(c), "unchoke")
	k.mean = true
	s.say(c, speech{}.block(peerwire.Request, 0, 0, BlockSize))
	require.Empty(t, k.told())
	require.NotContains(t, s.heard(c), "piece")
	k.mean = false
	s.say(c, speech{}.ext(peerwire.ExtReceipt, "you had it"))
	require.Equal(t, []string{"receipt 0 you had it", fmt.Sprintf("sent 0 %d", BlockSize)},
		k.told(), "a receipt sets the stream going again")
	require.Contains(t, s.heard(c), "piece")
	s.turn(func(t *protocol.Turn) { s.g.Sent(0, t, c, 13+1000) })
	up, down := s.g.Transferred(0, c)
	require.LessOrEqual(t, up, uint64(1000))
	require.EqualValues(t, 2*BlockSize, down)
	s.turn(func(t *protocol.Turn) { s.g.Closed(0, t, c, protocol.Reset) })
	require.Equal(t, []string{fmt.Sprintf("parted 0 %d %d", up, down)}, k.told())
	up, down = s.g.Transferred(0, c)
	require.Zero(t, up+down)
}

// Who shows no key, or one that is none, is not met; and its receipts are for nobody.
func TestNotaryHearsNothingOfStrangers(t *testing.T) {
	for _, x := range []struct {
		known []byte
		hello string
		met   []string
	}{
		{make([]byte, 32), "d1:md" + deals + "ee", nil},
		{make([]byte, 32), "d1:md" + deals + "e6:sl_key3:abce", nil},
		{nil, keyed('K', deals), nil},
		{make([]byte, 32), keyed('K', ""), []string{"met 0 0 K false"}},
	} {
		k := &clerk{key: x.known, receipts: true}
		s := withClerk(t, k, Entry{})
		c := s.join(1, speech{}.ext(0, x.hello).bitfield(0x40, 0), extBit)
		require.Equal(t, x.met, k.told())
		s.heard(c)
		k.due = []byte("I had it")
		ignored := s.g.counters.Ignored
		s.say(c, speech{}.ext(peerwire.ExtReceipt, "you had it").plain(peerwire.Unchoke))
		s.say(c, speech{}.piece(1, 0, BlockSize))
		require.NotContains(t, s.heard(c), "I had it")
		if x.met == nil {
			require.Equal(t, ignored+1, s.g.counters.Ignored)
			require.Empty(t, k.told())
		}
	}
}

// Who has all it wanted signs for the rest before it says so: seeds close when they hear of that.
// It signs again before it closes itself, but for nobody who is at fault.
func TestNotaryIsAskedForTheRest(t *testing.T) {
	k := &clerk{key: make([]byte, 32), receipts: true, rest: []byte("all of it")}
	s := withClerk(t, k, Entry{Have: []byte{0xbf, 0xf0}})
	c := s.join(1, speech{}.ext(0, keyed('K', deals)).bitfield(0xff, 0xf0), extBit)
	s.say(c, speech{}.plain(peerwire.Unchoke))
	s.say(c, speech{}.piece(1, 0, BlockSize))
	s.heard(c)
	k.told()
	s.say(c, speech{}.piece(1, BlockSize, BlockSize))
	require.True(t, s.ended[c])
	said := s.heard(c)
	at := strings.Index(said, `extended 77 "all of it"`)
	require.GreaterOrEqual(t, at, 0)
	require.Greater(t, strings.Index(said, "have 1"), at)
	require.Equal(t, []string{fmt.Sprintf("received 0 %d", BlockSize), "rest 0", "rest 0",
		fmt.Sprintf("parted 0 0 %d", 2*BlockSize)}, k.told())

	c = s.join(2, speech{}.ext(0, keyed('L', deals)).bitfield(0x40, 0), extBit)
	k.told()
	s.say(c, speech{}.index(peerwire.Have, 1<<20))
	require.True(t, s.ended[c])
	require.Equal(t, []string{"parted 0 0 0"}, k.told())
}

// What comes behind the message for which a connection is closed has come all the same, whichever
// form it has. Nobody reads it: in the tally it is overhead.
func TestNotaryHearsOfWhatIsNotRead(t *testing.T) {
	for _, byReference := range []bool{false, true} {
		k := &clerk{key: make([]byte, 32), receipts: true}
		s := withClerk(t, k, Entry{All: true})
		c := s.join(1, speech{}.ext(0, keyed('K', deals)).bitfield(0xbf, 0xf0), extBit)
		k.told()
		last := speech{}.index(peerwire.Have, 1).piece(1, 0, BlockSize)
		ch := protocol.Chunk{Bytes: last}
		if byReference {
			ch.Bytes = last[:len(last)-BlockSize]
			ch.Body = protocol.Body{Offset: uint64(s.tor.Geometry.PieceLength), Length: BlockSize}
		}
		s.turn(func(t *protocol.Turn) { s.g.Data(0, t, c, ch) })
		require.True(t, s.ended[c], "both are seeds")
		require.Equal(t, []string{"rest 0", fmt.Sprintf("parted 0 0 %d", BlockSize)}, k.told())
		tally := s.g.Tally(0, 0, s.now)
		require.Zero(t, tally.PayloadDown)
		require.GreaterOrEqual(t, tally.OverheadDown, uint64(BlockSize))
	}
}
