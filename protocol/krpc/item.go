package krpc

import (
	"crypto/ed25519"
	"crypto/sha1"

	"swarmlab/protocol/bencode"
)

// Sizes of the parts of an Item, in bytes. A longer value may be refused with ValueSizeError; a
// longer salt is to be refused with SaltSizeError.
const (
	ValueMax = 1000 // of V, bencoded
	SaltMax  = 64
	KeySize  = ed25519.PublicKeySize
	SigSize  = ed25519.SignatureSize
)

// signedMax is the greatest length that AppendSigned appends for an Item within the limits.
const signedMax = len("4:salt64:") + SaltMax + len("3:seqi-9223372036854775808e1:v") + ValueMax

// Item is what BEP 44 stores: a value, and if it is mutable what proves whose it is. Parts that are
// not there are nil; in a decoded message they may have any length.
type Item struct {
	V    []byte // the value: the exact bytes of one bencoded value of any kind
	Key  []byte // k: the owner's Ed25519 public key; nil if the item is immutable
	Sig  []byte // of what AppendSigned makes
	Salt []byte // tells the owner's items apart; responses never have it
	Seq  int64  // the greater number is the newer value
	Cas  int64  // of a put: the Seq of the value that it may replace

	HasSeq, HasCas bool
}

// Target returns where the item belongs.
func (it *Item) Target() ID {
	if it.Key == nil {
		return ImmutableTarget(it.V)
	}
	return MutableTarget(it.Key, it.Salt)
}

// Verify reports whether the item is a mutable one within the limits, with the owner's signature.
// Set Salt before, if the item is from a response. Whether it belongs where it was found is
// another question: compare Target. Only a refusal may allocate: crypto/ed25519 makes an error.
func (it *Item) Verify() bool {
	if len(it.Key) != KeySize || len(it.Sig) != SigSize || !it.HasSeq ||
		len(it.V) == 0 || len(it.V) > ValueMax || len(it.Salt) > SaltMax {
		return false
	}
	var signed [signedMax]byte
	return ed25519.Verify(it.Key, AppendSigned(signed[:0], it.Salt, it.Seq, it.V), it.Sig)
}

// Canonical reports whether V is one value in bencode's canonical form. Others change when they are
// decoded and encoded again, and then belong elsewhere.
func (it *Item) Canonical() bool {
	s := scan(it.V)
	s.Skip()
	return s.End() == bencode.OK && s.Canonical()
}

// AppendSigned appends the bytes that the owner of a mutable item signs: the middle of a
// dictionary, without its ends. An empty salt is left out.
func AppendSigned(dst, salt []byte, seq int64, v []byte) []byte {
	if len(salt) > 0 {
		dst = bencode.AppendBytes(append(dst, "4:salt"...), salt)
	}
	dst = bencode.AppendInt(append(dst, "3:seq"...), seq)
	return append(append(dst, "1:v"...), v...)
}

// ImmutableTarget returns the target of an immutable item: the SHA-1 of its bencoded value.
func ImmutableTarget(v []byte) ID {
	sum := sha1.Sum(v)
	return IDFromBytes(sum[:])
}

// MutableTarget returns the target of a mutable item: the SHA-1 of key and salt, which may be
// empty.
func MutableTarget(key, salt []byte) ID {
	var b [KeySize + SaltMax]byte
	sum := sha1.Sum(append(append(b[:0], key...), salt...))
	return IDFromBytes(sum[:])
}

// AppendPointer appends the value of a mutable item that points to a torrent (BEP 46).
func AppendPointer(dst []byte, infoHash ID) []byte {
	return append(infoHash.Append(append(dst, "d2:ih20:"...)), 'e')
}

// ParsePointer returns the infohash in a value as AppendPointer makes it; other keys may stand
// beside it. Other values are no pointer.
func ParsePointer(v []byte) (infoHash ID, ok bool) {
	s := scan(v)
	keys, _ := s.Dict()
	for key, more := keys.Next(&s); more; key, more = keys.Next(&s) {
		value, is := s.Bytes()
		if !is {
			s.Skip()
		}
		if string(key) == "ih" && len(value) == IDSize {
			infoHash, ok = IDFromBytes(value), true
		}
	}
	return infoHash, ok && s.End() == bencode.OK
}
