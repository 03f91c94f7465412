package dht

// Admission says who enters a table.
type Admission uint8

// The ways into a table.
const (
	// AdmitAnswered: only who answered a query of ours. BEP 5, libtorrent.
	AdmitAnswered Admission = iota
	// AdmitSenders: also the sender of a query, at once and unverified. anacrolix, webtorrent.
	AdmitSenders
	// AdmitMentioned: also whom a reply to us mentions. A contact of a full bucket that is not good
	// is pinged for each newcomer. jech.
	AdmitMentioned
	numAdmissions
)

// Eviction says who leaves a full bucket for a newcomer.
type Eviction uint8

// The ways out of a full bucket.
const (
	// EvictChallenged: the contact longest silent is pinged if it is not good, and goes if it does
	// not answer. BEP 5; webtorrent, to which nobody is good for long.
	EvictChallenged Eviction = iota
	// EvictFailed: a contact that failed StalenessLimit times goes; nobody is asked. The others.
	EvictFailed
	numEvictions
)

// Upkeep says how a node that has joined keeps its table.
type Upkeep uint8

// The ways to keep a table.
const (
	// UpkeepRefresh: a bucket without news for Refresh is refreshed by a lookup. BEP 5.
	UpkeepRefresh Upkeep = iota
	// UpkeepProbe: the contact longest not asked is asked, one every few seconds. libtorrent.
	UpkeepProbe
	// UpkeepAsk: a random member of a bucket without news is asked for contacts. jech.
	UpkeepAsk
	// UpkeepCheck: every minute questionable contacts are pinged and lookups done for buckets that
	// are not full. anacrolix.
	UpkeepCheck
	// UpkeepPing: a table without news for Refresh is pinged whole. webtorrent.
	UpkeepPing
	numUpkeeps
)

// SecureIDs says what becomes of contacts whose ids are not bound to their addresses (BEP 42).
type SecureIDs uint8

// What BEP 42 is worth to a node.
const (
	// SecureIDsIgnored: all ids are equal.
	SecureIDsIgnored SecureIDs = iota
	// SecureIDsPreferred: in a full bucket, a valid id takes the place of an invalid one.
	SecureIDsPreferred
	// SecureIDsEnforced: moreover, contacts with invalid ids do not enter the table, are not
	// announced to and do not count as the closest that a lookup has found.
	SecureIDsEnforced
	numSecureIDs
)
