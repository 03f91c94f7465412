package krpc

// The two ways to decode, for tests that compare them.
var (
	Quick   = quick
	General = general
)

// The steps of BEP 42, for tests that know them.
var (
	SecureHash = secureHash
	CRC32C     = crc32c
)

// SignedMax is the room that Item.Verify has.
const SignedMax = signedMax
